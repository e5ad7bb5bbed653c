import type { Argv } from 'yargs';
import { fileOption } from './command-line.ts';
import type { InboxRequest } from './commands/inbox.ts';

/** Adds the commands under `source-chat inbox`; `found` is told which one it is. */
export function inboxCommands<Global extends { debug: boolean }>(
  parser: Argv<Global>,
  found: (request: InboxRequest, args: { debug: boolean }) => void,
): Argv {
  const config = { ...fileOption('configuration, a JSON file'), demandOption: true } as const;
  return parser
    .command(
      'stats',
      'how many events there are, of which kinds, how old and how big',
      (y) => y.option('config', config),
      (args) => found({ action: 'stats', config: args.config }, args),
    )
    .command(
      'export',
      'print the events as they were received, a line of JSON each',
      (y) =>
        y.option('config', config).option('after', {
          type: 'number',
          default: 0,
          describe: 'only what comes after this place (inbox_seq)',
        }),
      (args) => {
        if (!Number.isInteger(args.after) || args.after < 0)
          throw new Error('--after must be a whole number from 0 up');
        found({ action: 'export', config: args.config, after: args.after }, args);
      },
    )
    .command(
      'prune',
      'remove old events',
      (y) =>
        y
          .option('config', config)
          .option('before', {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe: 'date or time (UTC): what was received before goes, but LiveTex conversations only as a whole',
          })
          .option('state', {
            type: 'string',
            requiresArg: true,
            array: true,
            describe:
              'state of the last sync: what it has not passed stays; once for each connection that reads this inbox',
          })
          .option('dry-run', { type: 'boolean', default: false, describe: 'only say how many would go' }),
      (args) => {
        const { before, state = [], dryRun } = args;
        found({ action: 'prune', config: args.config, before, states: state, dryRun: dryRun === true }, args);
      },
    )
    .demandCommand(1, 'Say what to do with the inbox: stats, export or prune.') as unknown as Argv;
}
