import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { linesOf } from './airbyte.ts';
import { executable, file, run, temporaryFolder } from './commands.ts';

export const LIVETEX_SECRET = 'livetex-path-secret-0123456789';
export const LIVECHAT_SECRET = 'livechat-path-secret-0123456789';

/** An event of LiveChat's that is taken. */
export const EVENT = { event_type: 'chat_started', license_id: '1', chat: { id: 'A' } };

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

/** A receiver with an inbox in a file. */
export interface StartedReceiver extends ListenProcess {
  readonly config: Record<string, unknown>;
  /** The file. */
  readonly database: string;
}

/** Starts the receiver with an inbox in a new file, and with what is given for `webhooks` in its configuration. */
export async function startReceiver(options: ListenOptions = {}, webhooks: object = {}): Promise<StartedReceiver> {
  const database = join(temporaryFolder(), 'inbox.sqlite');
  const config = inboxConfig({ type: 'sqlite', path: database }, webhooks);
  return Object.assign(await listen(config, options), { config, database });
}

/** An event, as an inbox exports it. */
export interface ExportedEvent {
  readonly vendor: string;
  readonly kind: string;
  readonly body: unknown;
}

/** What the inbox of a configuration has: its events, in order, and the text that they came in. */
export async function exported(config: unknown): Promise<{ events: ExportedEvent[]; stdout: string }> {
  const { code, stdout, stderr } = await run('source-chat', [
    'inbox',
    'export',
    '--config',
    file(config, 'config.json'),
  ]);
  expect([code, stderr]).toEqual([0, '']);
  return { events: linesOf(stdout).map((line) => JSON.parse(line)), stdout };
}

/**
 * Starts the receiver, with a configuration or the path of one, where it must not start; resolves with its exit code and
 * all that it says.
 */
export async function listenFailure(
  config: unknown,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const path = typeof config === 'string' ? config : file(config, 'config.json');
  const { code, stdout, stderr } = await run('source-chat', ['listen', '--config', path, '--port', '0', ...args], {
    onStart: (child) => onTestFinished(() => void child.kill('SIGKILL')),
  });
  return { code, stdout, stderr };
}
