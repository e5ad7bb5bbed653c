import type { Argv } from 'yargs';
import { productVersion } from '../core/product.ts';

/** What the words on the command line ask for: a command, or a text to print, which is an error unless `ok`. */
export type Parsed<Arguments> = { readonly arguments: Arguments } | { readonly text: string; readonly ok: boolean };

/** Where yargs looks for settings of its own: not in the current folder, which may not even exist. */
export const CONFIG_FOLDER = '/';

/** An option that names a file, once. */
export function fileOption(describe: string) {
  return {
    type: 'string',
    requiresArg: true,
    describe,
    coerce(path: string | string[]): string {
      if (Array.isArray(path)) throw new Error(`Two files for one option (${path.join(', ')}): give one.`);
      return path;
    },
  } as const;
}

/** Runs a parser without letting it print or end the process. `result` gives what its handlers found. */
export async function parseWith<Arguments>(
  parser: Argv,
  argv: readonly string[],
  result: () => Arguments | undefined,
): Promise<Parsed<Arguments>> {
  let problem: string | undefined;
  let printed = '';
  try {
    await parser
      .version(productVersion())
      .strict()
      .recommendCommands()
      .exitProcess(false)
      .wrap(100)
      .parserConfiguration({ 'boolean-negation': false })
      .fail((message, error) => {
        problem ??= message ?? error?.message ?? 'the command line cannot be understood';
        if (problem.startsWith('Did you mean')) problem = `There is no such command. ${problem}`;
      })
      .parseAsync([...argv], {}, (_error, _args, output) => {
        printed ||= output;
      });
  } catch (error) {
    problem ??= error instanceof Error ? error.message : String(error);
  }
  if (problem !== undefined) return { text: `${problem}\nTry --help.`, ok: false };
  if (printed !== '') return { text: printed, ok: true };
  const found = result();
  return found === undefined ? { text: 'Try --help.', ok: false } : { arguments: found };
}
