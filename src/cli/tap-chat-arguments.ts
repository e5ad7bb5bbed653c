import yargs from 'yargs';
import { CONFIG_FOLDER, fileOption, type Parsed, parseWith } from './command-line.ts';

export interface TapChatArguments {
  /** Files, of which later ones win, and `ENV` for the environment, which wins over all files. */
  readonly config: readonly string[];
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  readonly discover: boolean;
  readonly about: boolean;
  readonly format: 'json' | 'markdown' | undefined;
  /** `records` syncs one record of each stream, `schema` writes their schemas only. */
  readonly test: 'records' | 'schema' | undefined;
  readonly debug: boolean;
}

/** Understands the command line of tap-chat (singer §1.2). */
export async function parseArguments(argv: readonly string[]): Promise<Parsed<TapChatArguments>> {
  let found: TapChatArguments | undefined;
  const parser = yargs([], CONFIG_FOLDER)
    .scriptName('tap-chat')
    .usage('$0 --config FILE [--catalog FILE] [--state FILE]\n\nSinger tap for LiveChat and LiveTex.')
    .command(
      '$0',
      false,
      (y) =>
        y
          .option('config', {
            alias: 'c',
            type: 'string',
            array: true,
            nargs: 1,
            default: [] as string[],
            describe:
              'configuration, a JSON file, or ENV for TAP_CHAT_… variables; may be repeated: later files win over earlier ones, ENV over all',
          })
          .option('catalog', fileOption('streams and fields to sync; all of them without it'))
          .option('properties', { ...fileOption('the same, under its old name'), alias: 'p', conflicts: 'catalog' })
          .option('state', { ...fileOption('state of an earlier run'), alias: 's' })
          .option('discover', { type: 'boolean', alias: 'd', default: false, describe: 'print the catalog' })
          .option('about', { type: 'boolean', default: false, describe: 'tell what this tap is and can' })
          .option('format', { choices: ['json', 'markdown'] as const, describe: 'how --about prints' })
          .option('test', { type: 'string', describe: 'one record of each stream; --test=schema: only the schemas' })
          .option('debug', { type: 'boolean', default: false, describe: 'log every API call' }),
      (args) => {
        if (args.test !== undefined && !['', 'records', 'schema'].includes(args.test)) {
          throw new Error(`--test can be given alone or as --test=schema, not --test=${args.test}`);
        }
        found = {
          config: args.config,
          catalog: args.catalog ?? args.properties,
          state: args.state,
          discover: args.discover,
          about: args.about,
          format: args.format,
          test: args.test === undefined ? undefined : args.test === 'schema' ? 'schema' : 'records',
          debug: args.debug,
        };
      },
    );
  return parseWith(parser, argv, () => found);
}
