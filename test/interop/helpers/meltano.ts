import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Finished, file, ROOT, temporaryFolder } from '../../helpers/commands.ts';
import { program } from './clients.ts';
import { finish, userEnvironment } from './processes.ts';

const DEFINITION = join(ROOT, 'catalog/meltano/tap-chat.yml');

/** A Meltano project with tap-chat, made by its own commands. */
export interface MeltanoProject {
  readonly folder: string;
  /** Runs `meltano` with these arguments; variables are for this run alone. */
  meltano(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  /** The same, where it must work; returns its standard output. */
  ok(...args: string[]): Promise<string>;
  /** Adds a loader from a definition. */
  addLoader(definition: { readonly name: string; readonly [key: string]: unknown }): Promise<void>;
  /** The bookmarks that Meltano keeps for tap-chat and a loader. */
  bookmarks(loader: string): Promise<Record<string, unknown>>;
}

/** Makes a project in which `.env` has the settings. */
export async function createProject(config: object): Promise<MeltanoProject> {
  const folder = join(temporaryFolder(), 'project');
  const run = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) =>
    finish(program('meltano', 'meltano'), args, { cwd, env: userEnvironment(env) });
  const meltano: MeltanoProject['meltano'] = (args, env) => run(args, folder, env);
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await meltano(args);
    expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    return stdout;
  };
  const made = await run(['init', folder], temporaryFolder());
  expect([made.code, made.code === 0 ? '' : made.stderr]).toEqual([0, '']);
  await ok('add', '--from-ref', DEFINITION, 'tap-chat');
  appendFileSync(join(folder, '.env'), variables(config));
  return {
    folder,
    meltano,
    ok,
    async addLoader(definition) {
      const { name } = definition;
      await ok('add', '--plugin-type', 'loader', '--from-ref', file(definition, `${name}.yml`), name);
    },
    async bookmarks(loader) {
      const text = await ok('state', 'get', `dev:tap-chat-to-${loader}`);
      return JSON.parse(text.trim().split('\n').at(-1) ?? '').singer_state.bookmarks;
    },
  };
}

/** Settings as the lines of a `.env`, under the names of tap-chat's variables. */
function variables(config: object, prefix = 'TAP_CHAT'): string {
  return Object.entries(config)
    .map(([name, value]) => {
      const variable = `${prefix}_${name.toUpperCase()}`;
      if (Array.isArray(value)) return `${variable}='${JSON.stringify(value)}'\n`;
      return typeof value === 'object' ? variables(value, variable) : `${variable}='${value}'\n`;
    })
    .join('');
}

/** Definition of target-jsonl; it writes into a folder, one file a stream. */
export function jsonlLoader(folder: string) {
  return {
    name: 'target-jsonl',
    namespace: 'target_jsonl',
    executable: program('target-jsonl', 'target-jsonl'),
    settings: [
      { name: 'destination_path', value: folder },
      { name: 'do_timestamp_file', kind: 'boolean', value: false },
    ],
  };
}

/** Definition of target-postgres, for a database. */
export function postgresLoader(address: string) {
  const { hostname, port, username, password, pathname } = new URL(address);
  return {
    name: 'target-postgres',
    namespace: 'target_postgres',
    executable: program('target-postgres', 'target-postgres'),
    settings: [
      { name: 'host', value: hostname },
      { name: 'port', kind: 'integer', value: Number(port) },
      { name: 'user', value: username },
      { name: 'password', value: password, sensitive: true },
      { name: 'database', value: pathname.slice(1) },
      { name: 'default_target_schema', value: 'public' },
      { name: 'load_method', value: 'upsert' },
    ],
  };
}
