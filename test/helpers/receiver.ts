import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { executable, file } from './commands.ts';

export const LIVETEX_SECRET = 'livetex-path-secret-0123456789';
export const LIVECHAT_SECRET = 'livechat-path-secret-0123456789';

/** A configuration with an inbox, and with secrets for its receiver. */
export function inboxConfig(inbox: object, webhooks: object = {}): Record<string, unknown> {
  const secrets = { livetex_secret: LIVETEX_SECRET, livechat_secret: LIVECHAT_SECRET };
  return { start_date: '2024-01-01T00:00:00Z', inbox, webhooks: { ...secrets, ...webhooks } };
}

/** A running `source-chat listen`. */
export interface ListenProcess {
  /** Where it listens. */
  readonly url: string;
  readonly livetex: string;
  readonly livechat: string;
  readonly child: ChildProcess;
  /** All that it has written to standard output and standard error so far. */
  output(): string;
  /** Sends a signal and resolves with the exit code when the process is gone; null when it died of the signal. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ListenOptions {
  readonly args?: readonly string[];
  /** A command line that runs the receiver instead of this process's Node.js: `['sh', '-c', …]`; its words come after it. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built receiver on a free port and resolves when it listens; it ends with the test. */
export async function listen(config: unknown, options: ListenOptions = {}): Promise<ListenProcess> {
  const { args = [], prefix = [], env = {} } = options;
  const command = [process.execPath, executable('source-chat'), 'listen', '--config', file(config, 'config.json')];
  const [program = '', ...words] = [...prefix, ...command, '--port', '0', ...args];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      output += `${line}\n`;
      resolve(line);
    });
    child.on('exit', (code) => reject(new Error(`the receiver ended with ${code}: ${output}`)));
  });
  const { listening: url } = JSON.parse(await first);
  return {
    url,
    livetex: `${url}/livetex/${LIVETEX_SECRET}`,
    livechat: `${url}/livechat/${LIVECHAT_SECRET}`,
    child,
    output: () => output,
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** Posts a JSON value, or a text as it is; resolves with the status. */
export async function post(url: string, body: unknown): Promise<number> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', body: text, headers: { 'content-type': 'application/json' } });
  await response.arrayBuffer();
  return response.status;
}
