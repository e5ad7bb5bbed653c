import { type Finished, file } from '../../helpers/commands.ts';
import { finish, userEnvironment } from './processes.ts';

/** A target, as it stands behind a pipe. */
export interface Target {
  readonly program: string;
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** tap-chat with one configuration, and a target behind it; the state goes from run to run. */
export interface Pipe {
  /** Runs both, as somebody does who writes a script: the pipe fails when either does. */
  run(config: object, target: Target): Promise<Finished>;
}

/** Makes a pipe for all streams that has no state yet, or this one. */
export function createPipe(state?: unknown): Pipe {
  let stateFile = state === undefined ? undefined : file(state);
  return {
    async run(config, { program, config: settings, env }) {
      const optional = (flag: string, path: string | undefined) => (path === undefined ? [] : [flag, path]);
      const tap = [...['tap-chat', '--config', file(config)], ...optional('--state', stateFile)];
      const target = [program, ...optional('--config', settings === undefined ? undefined : file(settings))];
      const line = `set -o pipefail; ${tap.map(quoted).join(' ')} | ${target.map(quoted).join(' ')}`;
      const finished = await finish('bash', ['-c', line], { env: userEnvironment(env) });
      // Each line that a target prints is a whole state, and the last one counts.
      const last = finished.stdout.trimEnd().split('\n').at(-1) ?? '';
      if (finished.code === 0 && last.startsWith('{')) stateFile = file(last);
      return finished;
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
