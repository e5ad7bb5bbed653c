import { asSyncError, SyncError, withDetail } from '../core/errors.ts';
import { type Log, parseLogLevel } from '../core/log.ts';
import { createAirbyteLog } from '../faces/airbyte/log.ts';
import { errorMessage, logMessage } from '../faces/airbyte/messages.ts';
import { createPlainLog } from '../output/plain-log.ts';
import { EXIT_USAGE, type Runtime, runCommand } from './runtime.ts';
import type { SourceChatArguments } from './source-chat-arguments.ts';

/** The Airbyte face, `source-chat spec | check | discover | read`, and what belongs to neither face: receiver, inbox, sandbox. */
export async function main(argv: string[]): Promise<void> {
  await runCommand(async (runtime) => {
    // The platform asks for nothing but `spec` so often; it gets it without the argument parser, which takes longer to
    // load than all the rest.
    if (argv.length === 1 && argv[0] === 'spec') return runSpec(runtime);
    const { parseArguments } = await import('./source-chat-arguments.ts');
    const parsed = await parseArguments(argv);
    if ('text' in parsed) {
      if (!parsed.ok) {
        runtime.err.line(parsed.text);
        return EXIT_USAGE;
      }
      runtime.out.write(parsed.text);
      return 0;
    }
    return runParsed(parsed.arguments, runtime);
  }, reportCrash);
}

async function runParsed(args: SourceChatArguments, runtime: Runtime): Promise<number> {
  const least = args.debug ? 'debug' : (parseLogLevel(process.env['LOG_LEVEL']) ?? 'info');
  const log = createAirbyteLog(runtime.out, least, runtime.mask);
  switch (args.command) {
    case 'spec':
      return runSpec(runtime);
    case 'check': {
      const { runCheck } = await import('./commands/check.ts');
      return runCheck(args.config, runtime, log);
    }
    case 'discover': {
      const { runDiscover } = await import('./commands/discover.ts');
      return runDiscover(args.config, runtime, log);
    }
    case 'read': {
      const { runRead } = await import('./commands/read.ts');
      return runRead(args, runtime, log);
    }
    case 'plan': {
      const { runPlan } = await import('./commands/plan.ts');
      return forPeople(runtime, args.debug, (plain) => runPlan(args, runtime, plain));
    }
    case 'sandbox': {
      const { runSandbox } = await import('./commands/sandbox.ts');
      return runSandbox(args.sandbox, runtime);
    }
    case 'listen': {
      const { runListen } = await import('./commands/listen.ts');
      return forPeople(runtime, args.debug, (plain) => runListen(args.config, args.listen, runtime, plain));
    }
    case 'inbox': {
      const { runInbox } = await import('./commands/inbox.ts');
      return forPeople(runtime, args.debug, (plain) => runInbox(args.inbox, runtime, plain));
    }
  }
}

/** Runs a command that no platform starts: its log and its errors are lines on standard error. */
async function forPeople(runtime: Runtime, debug: boolean, command: (log: Log) => Promise<number>): Promise<number> {
  const { err, clock, mask } = runtime;
  const least = debug ? 'debug' : (parseLogLevel(process.env['LOG_LEVEL']) ?? 'info');
  try {
    return await command(createPlainLog(err, () => clock.now(), least, mask));
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    err.line(mask(thrown.message));
    return 1;
  }
}

async function runSpec(runtime: Runtime): Promise<number> {
  const { writeSpec } = await import('./commands/spec.ts');
  return writeSpec(runtime);
}

/** An error that concerns the whole run: configuration, catalog or state cannot be used, or we have a bug. */
function reportCrash(thrown: unknown, { out, clock, mask }: Runtime): void {
  const error = asSyncError(thrown);
  if (error.kind === 'system') out.write(logMessage('fatal', mask(withDetail(error))));
  out.write(errorMessage(error, clock.now(), mask));
}
