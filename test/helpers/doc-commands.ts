import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { executable, ROOT, temporaryFolder } from './commands.ts';

/** A fenced block of a page. */
export interface DocBlock {
  /** The page's path in the project: `docs/singer.md`. */
  readonly page: string;
  /** Line of the page on which the block begins. */
  readonly line: number;
  /** `sh`, `json` and so on; empty for none. */
  readonly language: string;
  /** What stands behind the language: for a file the page tells to write, its name, for an example `config`. */
  readonly name: string;
  readonly text: string;
}

/** The pages that speak to users and developers, by their paths in the project. */
export function docPages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`);
  return [...readdirSync(ROOT), ...docs].filter((name) => name.endsWith('.md')).sort();
}

/** The text of a page. */
export function pageText(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The fenced blocks of a page, in order, without the indentation that their fence has. */
export function blocksOf(page: string): DocBlock[] {
  const blocks: DocBlock[] = [];
  let open: { indent: string; info: string[]; line: number; lines: string[] } | undefined;
  for (const [index, line] of pageText(page).split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line);
    if (open !== undefined && fence?.[2] === '') {
      const { info, lines } = open;
      const [language = '', ...name] = info;
      blocks.push({ page, line: open.line, language, name: name.join(' '), text: `${lines.join('\n')}\n` });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (fence !== null) {
      open = { indent: fence[1] ?? '', info: (fence[2] ?? '').split(' '), line: index + 1, lines: [] };
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block does not end`);
  return blocks;
}

/** Where the commands of a page run: a folder as a user's copy of the project looks, and what their PATH begins with. */
export interface DocFolder {
  readonly folder: string;
  readonly path: readonly string[];
}

/** Makes a folder in which `npx source-chat`, `npx tap-chat`, both names alone and the ready-made catalogs are there. */
export function docFolder(): DocFolder {
  const folder = temporaryFolder();
  const bin = join(folder, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  for (const command of ['source-chat', 'tap-chat'] as const) symlinkSync(executable(command), join(bin, command));
  symlinkSync(process.execPath, join(bin, 'node'));
  cpSync(join(ROOT, 'catalog'), join(folder, 'catalog'), { recursive: true });
  symlinkSync(join(ROOT, 'dist'), join(folder, 'dist'));
  return { folder, path: [bin, dirname(process.execPath)] };
}

/** What became of a block of commands. */
export interface RanBlock {
  readonly block: DocBlock;
  /** Its exit code; null when it was killed, and 0 for a server that is up. */
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

export interface RunBlocksOptions extends DocFolder {
  /** The reader's home folder, in which pages may put things. */
  readonly home: string;
  /** Variables of all commands. @default those of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that a block may take. @default 60,000 */
  readonly timeoutMs?: number;
}

/** Ports that pages write down. Each run of a page has its own instead, so that pages can be tried at the same time. */
const DOC_PORTS = ['8765', '8766', '8080'];

/** Commands that run until they are stopped: a page means another terminal, and the rest of it needs them. */
const SERVER = /^(?:npx )?source-chat (?:sandbox|listen)\b/;

/**
 * Goes through blocks as a reader of the page does: writes the files that have a name, starts servers and leaves them running, and
 * runs everything else with `bash -e`, each in the folder in which the one before ended. Ends with the first block that fails,
 * and ends the servers. Resolves with what became of the `sh` blocks.
 */
export async function runBlocks(blocks: readonly DocBlock[], options: RunBlocksOptions): Promise<RanBlock[]> {
  const ports = new Map<string, string>();
  for (const port of DOC_PORTS) ports.set(port, String(await freePort()));
  const ours = (text: string) =>
    text.replace(new RegExp(`\\b(?:${DOC_PORTS.join('|')})\\b`, 'g'), (port) => ports.get(port) ?? port);
  const servers: ChildProcess[] = [];
  const ran: RanBlock[] = [];
  let { folder } = options;
  try {
    for (const block of blocks) {
      const text = ours(block.text);
      if (isFile(block)) {
        const path = join(folder, block.name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        chmodSync(path, 0o600);
      } else if (block.language === 'sh') {
        const here = { ...options, folder };
        const ended = SERVER.test(text) ? await startServer(text, here, servers) : await runShell(text, here);
        ran.push({ block, code: ended.code, output: ended.output });
        if (ended.code !== 0) break;
        folder = ended.folder;
      }
    }
  } finally {
    await Promise.all(servers.map(endGroup));
  }
  return ran;
}

/** True for a block that a reader runs. */
export function isCommand({ language }: DocBlock): boolean {
  return language === 'sh' || language === 'python';
}

/** What has to be in the output of a block: each line that its page shows right below it. */
export function shownBelow({ page, line }: DocBlock): RegExp[] {
  const blocks = blocksOf(page);
  const next = blocks[blocks.findIndex((block) => block.line === line) + 1];
  return next?.language === 'text' ? shownIn(next) : [];
}

/** What has to be in an output that a block shows: each of its lines, where `…` is anything. */
export function shownIn({ text }: DocBlock): RegExp[] {
  return text.trim().split('\n').map(pattern);
}

function pattern(line: string): RegExp {
  const pieces = line.split('…').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(pieces.join('.*'));
}

/** True for a block that is a file which the reader is to write: it has a name with an ending. */
export function isFile({ name }: DocBlock): boolean {
  return /^[\w./-]+\.\w+$/.test(name);
}

function startShell(text: string, { folder, path, home, env = process.env }: RunBlocksOptions): ChildProcess {
  return spawn('bash', ['-e', '-o', 'pipefail', '-c', text], {
    cwd: folder,
    env: {
      ...env,
      HOME: home,
      // npx must find what is there, and fetch nothing that happens to have the same name.
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      PATH: [...path, env['PATH'] ?? ''].join(delimiter),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // npx does not pass signals on: what it has started is ended with it, as a group.
    detached: true,
  });
}

/** How a block ended, and in which folder. */
interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly folder: string;
}

async function runShell(text: string, options: RunBlocksOptions): Promise<Ended> {
  const child = startShell(`${text}pwd >&3`, options);
  let output = '';
  let folder = '';
  child.stdio[3]?.on('data', (chunk) => {
    folder += chunk;
  });
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), options.timeoutMs ?? 60_000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return { code, output, folder: folder.trim() };
}

/** Resolves when the server has said where it listens, which is its first line. */
async function startServer(text: string, options: RunBlocksOptions, servers: ChildProcess[]): Promise<Ended> {
  const { folder } = options;
  const child = startShell(text, options);
  servers.push(child);
  let output = '';
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const up = once(lines, 'line').then(([line]) => ({ code: 0, output: `${line}\n`, folder }));
  const ended = once(child, 'exit').then(([code]) => ({ code: code === 0 ? null : code, output, folder }));
  return Promise.race([up, ended]);
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  killGroup(child, 'SIGTERM');
  await exited;
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
