import { spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cleanEnvironment, executable, type Finished } from '../../helpers/commands.ts';
import { SCRATCH_VARIABLE } from '../../helpers/scratch-folder.ts';

export interface FinishOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end. One that cannot be started ends with code null, and says why on its standard error. */
export function finish(program: string, args: readonly string[], options: FinishOptions = {}): Promise<Finished> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  return new Promise((resolve) => {
    child.on('error', (error) => stderr.push(Buffer.from(error.message)));
    child.on('close', (code, signal) => {
      const texts = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
      resolve({ code: code !== null && code < 0 ? null : code, signal, ...texts });
    });
  });
}

let links: string | undefined;

/**
 * The environment of somebody who has installed source-chat: both commands on the PATH, as links, and a Node.js that is
 * new enough. Nothing of npm's, vitest's or Node.js's settings, and nobody is told that the clients were used.
 */
export function userEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  if (links === undefined) {
    links = mkdtempSync(join(process.env[SCRATCH_VARIABLE] ?? tmpdir(), 'bin'));
    for (const command of ['tap-chat', 'source-chat'] as const) symlinkSync(executable(command), join(links, command));
  }
  const usual = Object.entries(cleanEnvironment()).filter(
    ([name]) => !/^(?:npm_|NODE|PYTHON|VIRTUAL_ENV|MELTANO_|AIRBYTE_|TARGET_|SOURCE_CHAT_|CI$)/i.test(name),
  );
  return {
    ...Object.fromEntries(usual),
    PATH: [links, dirname(process.execPath), process.env['PATH']].join(':'),
    NO_COLOR: '1',
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: 'false',
    // Sends no usage either, and starts where Airbyte's list of connectors cannot be reached.
    AIRBYTE_OFFLINE_MODE: '1',
    ...more,
  };
}
