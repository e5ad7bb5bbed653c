import yargs, { type Argv } from 'yargs';
import type { SandboxOptions } from '../sandbox/options.ts';
import { CONFIG_FOLDER, fileOption, type Parsed, parseWith } from './command-line.ts';
import type { InboxRequest } from './commands/inbox.ts';
import { inboxCommands } from './inbox-flags.ts';
import { type ListenRequest, listenFlags, toListenRequest } from './listen-flags.ts';
import { sandboxFlags, toSandboxOptions } from './sandbox-flags.ts';

export type SourceChatArguments =
  | { readonly command: 'spec'; readonly debug: boolean }
  | { readonly command: 'check'; readonly debug: boolean; readonly config: string }
  | { readonly command: 'discover'; readonly debug: boolean; readonly config: string | undefined }
  | {
      readonly command: 'read' | 'plan';
      readonly debug: boolean;
      readonly config: string;
      readonly catalog: string;
      readonly state: string | undefined;
    }
  | { readonly command: 'listen'; readonly debug: boolean; readonly config: string; readonly listen: ListenRequest }
  | { readonly command: 'inbox'; readonly debug: boolean; readonly inbox: InboxRequest }
  | { readonly command: 'sandbox'; readonly debug: boolean; readonly sandbox: SandboxOptions };

/** Understands the command line of source-chat (airbyte §1.1). Options may stand in any order; unknown ones are errors. */
export async function parseArguments(argv: readonly string[]): Promise<Parsed<SourceChatArguments>> {
  let found: SourceChatArguments | undefined;
  const config = fileOption('configuration, a JSON file');
  const readFlags = (y: Argv<{ debug: boolean }>) =>
    y
      .option('config', { ...config, demandOption: true })
      .option('catalog', { ...fileOption('configured catalog, a JSON file'), demandOption: true })
      .option('state', fileOption('state of an earlier run, JSON or JSON lines'));
  const debug = (args: { debug: boolean }) => ({ debug: args.debug });
  const parser = yargs([], CONFIG_FOLDER)
    .scriptName('source-chat')
    .usage('$0 <command>\n\nChat and helpdesk data of LiveChat and LiveTex, as an Airbyte source.')
    .option('debug', { type: 'boolean', default: false, describe: 'log every API call' })
    .command(
      'spec',
      'print the connection form',
      (y) => y,
      (args) => {
        found = { command: 'spec', ...debug(args) };
      },
    )
    .command(
      'check',
      'try the connection',
      (y) => y.option('config', { ...config, demandOption: true }),
      (args) => {
        found = { command: 'check', ...debug(args), config: args.config };
      },
    )
    .command(
      'discover',
      'print the catalog of streams',
      (y) => y.option('config', config),
      (args) => {
        found = { command: 'discover', ...debug(args), config: args.config };
      },
    )
    .command('read', 'print the records of the configured streams', readFlags, (args) => {
      found = { command: 'read', ...debug(args), config: args.config, catalog: args.catalog, state: args.state };
    })
    .command('plan', 'tell what a read would take: rows, calls, minutes, dollars', readFlags, (args) => {
      found = { command: 'plan', ...debug(args), config: args.config, catalog: args.catalog, state: args.state };
    })
    .command(
      'listen',
      'receive webhooks of LiveChat, HelpDesk and LiveTex, and keep them in the inbox',
      (y) => y.option('config', { ...config, demandOption: true }).options(listenFlags),
      (args) => {
        found = { command: 'listen', ...debug(args), config: args.config, listen: toListenRequest(args) };
      },
    )
    .command('inbox', 'look into the inbox, or tidy it up', (y) =>
      inboxCommands(y, (inbox, args) => {
        found = { command: 'inbox', ...debug(args), inbox };
      }),
    )
    .command(
      'sandbox',
      'imitate the vendors on this machine, with invented data',
      (y) => y.options(sandboxFlags),
      (args) => {
        found = { command: 'sandbox', ...debug(args), sandbox: toSandboxOptions(args) };
      },
    )
    .demandCommand(1, 'Say which command: spec, check, discover, read, plan, listen, inbox or sandbox.');
  return parseWith(parser, argv, () => found);
}
