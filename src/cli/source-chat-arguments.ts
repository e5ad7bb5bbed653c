import yargs from 'yargs';
import type { SandboxOptions } from '../sandbox/options.ts';
import { CONFIG_FOLDER, fileOption, type Parsed, parseWith } from './command-line.ts';
import { sandboxFlags, toSandboxOptions } from './sandbox-flags.ts';

export type SourceChatArguments =
  | { readonly command: 'spec'; readonly debug: boolean }
  | { readonly command: 'check'; readonly debug: boolean; readonly config: string }
  | { readonly command: 'discover'; readonly debug: boolean; readonly config: string | undefined }
  | {
      readonly command: 'read';
      readonly debug: boolean;
      readonly config: string;
      readonly catalog: string;
      readonly state: string | undefined;
    }
  | { readonly command: 'sandbox'; readonly debug: boolean; readonly sandbox: SandboxOptions };

/** Understands the command line of source-chat (airbyte §1.1). Options may stand in any order; unknown ones are errors. */
export async function parseArguments(argv: readonly string[]): Promise<Parsed<SourceChatArguments>> {
  let found: SourceChatArguments | undefined;
  const config = fileOption('configuration, a JSON file');
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
    .command(
      'read',
      'print the records of the configured streams',
      (y) =>
        y
          .option('config', { ...config, demandOption: true })
          .option('catalog', { ...fileOption('configured catalog, a JSON file'), demandOption: true })
          .option('state', fileOption('state of an earlier run, JSON or JSON lines')),
      (args) => {
        found = { command: 'read', ...debug(args), config: args.config, catalog: args.catalog, state: args.state };
      },
    )
    .command(
      'sandbox',
      'imitate the vendors on this machine, with invented data',
      (y) => y.options(sandboxFlags),
      (args) => {
        found = { command: 'sandbox', ...debug(args), sandbox: toSandboxOptions(args) };
      },
    )
    .demandCommand(1, 'Say which command: spec, check, discover, read or sandbox.');
  return parseWith(parser, argv, () => found);
}
