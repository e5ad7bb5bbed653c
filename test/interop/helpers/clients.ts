import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { finish } from './processes.ts';
import type { Python } from './python.ts';

/** Each has a virtual environment of its own, because their dependencies exclude each other. */
export const CLIENTS = [
  'meltano',
  'pyairbyte',
  'singer-tools',
  'target-jsonl',
  'target-postgres',
  'target-csv',
  'target-sqlite',
] as const;

export type Client = (typeof CLIENTS)[number];

/** Tells the tests where the environments are: JSON, folders by client. */
const FOLDERS_VARIABLE = 'SOURCE_CHAT_INTEROP_FOLDERS';

/** Path of a program in a client's environment. */
export function program(client: Client, name: string): string {
  const folders = process.env[FOLDERS_VARIABLE];
  if (folders === undefined) throw new Error('Run these tests with `npm run test:interop`: it installs the clients.');
  return join(JSON.parse(folders)[client], 'bin', name);
}

/**
 * Installs what is not installed yet, in a folder of the user's cache that is named after the pinned versions: other
 * pins or another Python get other folders. Throws when a client cannot be installed.
 */
export async function prepareClients(python: Python): Promise<void> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folders: Record<string, string> = {};
  for (const client of CLIENTS) {
    const pins = new URL(`../requirements/${client}.txt`, import.meta.url).pathname;
    const hash = createHash('sha256').update(`${python.identity}\n`).update(readFileSync(pins)).digest('hex');
    folders[client] = join(cache, 'source-chat-interop', `${client}-${hash.slice(0, 12)}`);
    await install(client, folders[client], pins, python);
  }
  process.env[FOLDERS_VARIABLE] = JSON.stringify(folders);
}

async function install(client: Client, folder: string, pins: string, python: Python): Promise<void> {
  // Written last: without it an installation was interrupted.
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return;
  console.error(`Installing ${client}, as pinned, in ${folder} (once)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pip = join(folder, 'bin/python');
  const steps: [string, string[]][] = [
    [python.program, ['-m', 'venv', folder]],
    // The pins are complete lists: pip has nothing to resolve, and next year it installs the same.
    [pip, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', pins]],
  ];
  for (const [command, args] of steps) {
    const { code, stdout, stderr } = await finish(command, args);
    if (code === 0) continue;
    rmSync(folder, { recursive: true, force: true });
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-1);
    throw new Error(
      `${client} cannot be installed: “${said}”. It takes pip, venv (apt-get install python3-venv) and a package index that pip reaches (pip config, PIP_INDEX_URL).`,
    );
  }
  writeFileSync(complete, '');
}
