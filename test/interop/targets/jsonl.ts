import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEYS, type Row, type StreamName } from '../helpers/columns.ts';

/** target-jsonl writes each record as it came, one below the other. */
export function wantedInJsonl(_stream: StreamName, row: Row): Row {
  return row;
}

/** The last row of each key. */
export function readJsonl(folder: string, stream: StreamName): Row[] {
  const lines = readFileSync(join(folder, `${stream}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line) as Row);
  return [...new Map(rows.map((row) => [row[KEYS[stream]], row])).values()];
}
