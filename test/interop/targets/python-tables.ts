import { program } from '../helpers/clients.ts';
import type { Row } from '../helpers/columns.ts';
import { finish } from '../helpers/processes.ts';

const SCRIPT = new URL('../python/read_tables.py', import.meta.url).pathname;

/** Reads a table in which a target has written values as Python shows them; the arguments are those of `read_tables.py`. */
export async function readTables(args: readonly string[]): Promise<Row[]> {
  const { code, stdout, stderr } = await finish(program('target-csv', 'python'), [SCRIPT, ...args]);
  if (code !== 0) throw new Error(`read_tables.py ${args.join(' ')}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}
