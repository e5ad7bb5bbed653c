import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keepInFile, keepInPlatform } from '../../../src/cli/kept-settings.ts';
import { file, temporaryFolder } from '../../helpers/commands.ts';

const PATH = ['livechat', 'credentials', 'refresh_token'];
const configWith = (refresh_token: unknown) => ({
  start_date: '2024-01-01',
  livechat: { credentials: { auth_type: 'oauth2.0', client_secret: 'ś', refresh_token }, calls_per_minute: 7 },
  _limit: 3,
});

/** Keeps `new` for these files and returns what was logged. */
function keep(files: readonly string[], variables?: unknown): string[] {
  const lines: string[] = [];
  keepInFile(files, (level, message) => void lines.push(`${level}: ${message}`), variables)(PATH, 'new');
  return lines;
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('for Airbyte', () => {
  test('each new value is a CONTROL message with the whole configuration as it was given, and the values before', () => {
    const lines: string[] = [];
    const out = {
      write: (line: string) => void lines.push(line),
      room: () => undefined,
      flush: async () => {},
      seal: () => {},
    };
    const given = configWith(' old ');
    const clock = { now: () => 5, sleep: async () => {}, every: () => () => {} };
    const said: string[] = [];
    const keepSetting = keepInPlatform(given, { out, clock }, (_level, message) => void said.push(message));
    keepSetting(PATH, 'new');
    expect(said.join()).toContain('has to store the configuration of the CONTROL message');
    expect(said.join()).not.toContain('new.');
    keepSetting(['livechat', 'credentials', 'client_secret'], 'other');
    const expected = configWith('new');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { type: 'CONTROL', control: { type: 'CONNECTOR_CONFIG', emitted_at: 5, connectorConfig: { config: expected } } },
      {
        type: 'CONTROL',
        control: {
          type: 'CONNECTOR_CONFIG',
          emitted_at: 5,
          connectorConfig: {
            config: {
              ...expected,
              livechat: {
                ...expected.livechat,
                credentials: { ...expected.livechat.credentials, client_secret: 'other' },
              },
            },
          },
        },
      },
    ]);
    expect(given).toEqual(configWith(' old '));
  });
});

describe('for Singer', () => {
  test('the file has the new value and all its other settings, with the rights that it had, and nothing lies beside it', () => {
    for (const mode of [0o600, 0o640, 0o644]) {
      const path = file(configWith('old'), 'config.json');
      chmodSync(path, mode);
      expect(keep([path])).toEqual([
        'info: LiveChat has replaced livechat.credentials.refresh_token: the new one is in the configuration file.',
      ]);
      expect(read(path)).toEqual(configWith('new'));
      expect(statSync(path).mode & 0o777).toBe(mode);
      expect(readdirSync(dirname(path))).toEqual(['config.json']);
    }
  });

  test('of several files it is the last one that has the setting', () => {
    const first = file(configWith('first'), 'a.json');
    const second = file({ livechat: { credentials: { refresh_token: 'second' } } }, 'b.json');
    const third = file({ livechat: { calls_per_minute: 3 } }, 'c.json');
    keep([first, second, third, 'ENV']);
    expect(read(first)).toEqual(configWith('first'));
    expect(read(second)).toEqual({ livechat: { credentials: { refresh_token: 'new' } } });
    expect(read(third)).toEqual({ livechat: { calls_per_minute: 3 } });
  });

  test('a value from a variable, which goes over the files, cannot be kept: the file is left alone, and that is said', () => {
    const path = file(configWith('old'), 'config.json');
    const [line] = keep([path, 'ENV'], { livechat: { credentials: { refresh_token: 'from a variable' } } });
    expect(line).toMatch(/^warn: .*did not come from a configuration file: the next sync needs the new one/);
    expect(read(path)).toEqual(configWith('old'));
    // Other settings may come from there.
    expect(keep([path, 'ENV'], { livechat: { credentials: { client_secret: 's' } } })).toEqual([
      expect.stringContaining('the new one is in the configuration file'),
    ]);
    expect(read(path)).toEqual(configWith('new'));
  });

  test('a file that begins with a byte order mark, as some editors write it', () => {
    const path = file(`\ufeff${JSON.stringify(configWith('old'))}`, 'config.json');
    expect(keep([path])).toEqual([expect.stringMatching(/^info: .*is in the configuration file/)]);
    expect(read(path)).toEqual(configWith('new'));
  });

  test('no file, one that is gone, or one without the setting: that is said', () => {
    const without = file({ start_date: '2024-01-01' });
    for (const files of [[], ['ENV'], ['/no/such/file.json'], [without], [dirname(without)]]) {
      expect(keep(files)).toEqual([expect.stringMatching(/^warn: .*did not come from a configuration file/)]);
    }
    expect(read(without)).toEqual({ start_date: '2024-01-01' });
  });

  test('a pipe, which was read and nobody writes to any more, is not waited for', () => {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    expect(keep([path])).toEqual([expect.stringMatching(/^warn: .*did not come from a configuration file/)]);
  });

  test('who reads the file meanwhile finds it whole at any time', async () => {
    const path = file(configWith('old'), 'config.json');
    const reader = spawn(
      process.execPath,
      [
        '-e',
        `const { readFileSync } = require('node:fs');
        let reads = 0;
        console.log('ready');
        for (const end = Date.now() + 700; Date.now() < end; reads += 1) JSON.parse(readFileSync(process.argv[1], 'utf8'));
        console.log(reads);`,
        path,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    reader.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => reader.on('close', resolve));
    while (reader.exitCode === null) {
      for (let n = 0; said !== '' && n < 20; n += 1) keep([path]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toBe(0);
    expect(Number(said.split('\n')[1])).toBeGreaterThan(100);
  });

  test('a link stays a link: the file that it leads to has the new value', () => {
    const path = file(configWith('old'), 'real.json');
    const link = join(temporaryFolder(), 'link.json');
    symlinkSync(path, link);
    keep([link]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(read(path)).toEqual(configWith('new'));
  });

  test('a folder in which no file can be made: the file itself is rewritten', () => {
    const { path, folder } = nobodysFile(configWith('old'));
    chmodSync(folder, 0o555);
    expect(asNobody(() => keep([path]))).toEqual([expect.stringMatching(/^info: .*is in the configuration file/)]);
    expect(read(path)).toEqual(configWith('new'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  test('a file that cannot be written in such a folder stays as it is, and what that means is said', () => {
    const { path, folder } = nobodysFile(configWith('old'));
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    expect(asNobody(() => keep([path]))).toEqual([
      'warn: LiveChat has replaced livechat.credentials.refresh_token, and the configuration file cannot be written (EACCES): the next sync will not be able to sign in. Let tap-chat write that file, or use a personal access token.',
    ]);
    expect(read(path)).toEqual(configWith('old'));
  });

  test('when no new file can be made for another reason than a closed folder, the old one is not touched', () => {
    const path = file(configWith('old'), 'config.json');
    mkdirSync(`${path}.new`);
    expect(keep([path])).toEqual([expect.stringContaining('cannot be written (ERR_FS_EISDIR)')]);
    expect(read(path)).toEqual(configWith('old'));
  });

  test("somebody else's link or leftover in the place of the new file is not written into", () => {
    const path = file(configWith('old'), 'config.json');
    const target = join(dirname(path), 'target.json');
    writeFileSync(target, 'theirs', { mode: 0o644 });
    symlinkSync(target, `${path}.new`);
    if (isRoot) for (const name of [path, target]) chownSync(name, NOBODY, NOBODY);
    keep([path]);
    expect(readFileSync(target, 'utf8')).toBe('theirs');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
    expect(read(path)).toEqual(configWith('new'));
    expect(statSync(path).uid).toBe(statSync(target).uid);
  });
});

/** A user to whom closed folders are closed: root, as whom containers run tests, may write everywhere. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

function nobodysFile(config: unknown): { path: string; folder: string } {
  // Not below the folder of the run, which is closed to others.
  const folder = mkdtempSync(join(tmpdir(), 'source-chat-kept-'));
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  if (isRoot) for (const name of [folder, path]) chownSync(name, NOBODY, NOBODY);
  onTestFinished(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });
  return { path, folder };
}

function asNobody<T>(work: () => T): T {
  if (!isRoot) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
