import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCRATCH_VARIABLE } from './scratch-folder.ts';

/** The top of the project. */
export const ROOT = new URL('../../', import.meta.url).pathname;

export type Command = 'source-chat' | 'tap-chat';

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called as soon as the process runs: to kill it, or to read its output in a way of one's own. */
  readonly onStart?: (child: ChildProcess) => void;
  /** Leave standard output to `onStart`. */
  readonly ownOutput?: boolean;
}

/** Where a built command stands. */
export function executable(command: Command): string {
  return join(ROOT, `dist/cli/bin-${command}.cjs`);
}

/** Runs a built command as its own process, through pipes, with the Node.js that runs the tests. */
export function run(command: Command, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { env = {}, cwd = ROOT, onStart, ownOutput = false } = options;
  const child = spawn(process.execPath, [executable(command), ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  if (!ownOutput) child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // What a reader left in the pipe keeps the process from being over.
    child.on('exit', () => child.stdout.resume());
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** What a user's shell has, without what would change how the commands speak. */
export function cleanEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(?:TAP_CHAT_|SINGER_|LOG_?LEVEL|DEPLOYMENT_MODE|https?_proxy|VITEST|NODE_OPTIONS)/i.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A folder for a test's files. The run of the tests removes it at its end, with all that it holds. */
export function temporaryFolder(): string {
  return mkdtempSync(join(process.env[SCRATCH_VARIABLE] ?? tmpdir(), 'x'));
}

/** Writes a value as JSON, or a text as it is, into a file of the test; returns its path. */
export function file(content: unknown, name = 'input.json'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
