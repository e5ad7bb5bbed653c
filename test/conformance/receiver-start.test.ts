import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { file, run, temporaryFolder } from '../helpers/commands.ts';
import {
  EVENT,
  exported,
  inboxConfig,
  LIVECHAT_SECRET,
  LIVETEX_SECRET,
  listenFailure,
  startReceiver,
} from '../helpers/receiver.ts';
import { samplesOf } from '../helpers/receiver-metrics.ts';
import { ask, plainConnection } from '../helpers/receiver-requests.ts';
import { until } from '../helpers/until.ts';

describe('starting', () => {
  const sqlite = () => ({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') });

  test('what is missing or taken is told in one sentence', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'text.sqlite'), 'This is no database.'.repeat(100));
    const cases: [words: RegExp, config: unknown, ...args: string[]][] = [
      [/^Cannot listen on 192\.0\.2\.1:0 \(\w+\)\. .*\n$/, inboxConfig(sqlite()), '--host', '192.0.2.1'],
      [
        /^The configuration has no inbox: .*\n$/,
        { ...inboxConfig(sqlite()), inbox: undefined, livetex: { login: 'a@b.example', password: 'password' } },
      ],
      [
        /^webhooks\.livechat_secret and webhooks\.livetex_secret are missing: .*\n$/,
        { ...inboxConfig(sqlite()), webhooks: {} },
      ],
      [
        /^The configuration file \/nowhere\/config\.json cannot be used: there is no such file\.\n$/,
        '/nowhere/config.json',
      ],
      [
        /^The inbox .*text\.sqlite \(inbox\.path\) cannot be used: .*\n$/,
        inboxConfig({ type: 'sqlite', path: join(folder, 'text.sqlite') }),
      ],
      [/^The inbox .* \(inbox\.path\) cannot be used: .*\n$/, inboxConfig({ type: 'sqlite', path: folder })],
      [
        /^The inbox in PostgreSQL \(inbox\.url\) cannot be used: .*\n$/,
        inboxConfig({ type: 'postgres', url: `postgresql://u:secret-of-the-database@127.0.0.1:1/x` }),
      ],
    ];
    for (const [words, config, ...args] of cases) {
      const { code, stdout, stderr } = await listenFailure(config, ...args);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
      expect(stderr).not.toContain('secret-of-the-database');
    }
    const { code, stderr } = await run('source-chat', [
      'listen',
      '--config',
      file(inboxConfig(sqlite())),
      '--port',
      String(port),
    ]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)\\. .*\\n$`)),
    ]);
  });

  test('options that make no sense are told in one sentence, with exit code 2', async () => {
    const config = file(inboxConfig(sqlite()), 'config.json');
    const cases: string[][] = [
      ['--port', '65536'],
      ['--port', 'x'],
      ['--port', '1', '--port', '2'],
      ['--rate-limit', '-1'],
      ['--rate-limit', '1.5'],
      ['--max-connections', '0'],
      ['--max-body-kb', '0'],
      ['--max-body-kb', '102401'],
      ['--tls-cert', 'cert.pem'],
      ['--tls-key', 'key.pem'],
      ['--public-url', 'hooks.company.example'],
      ['--public-url', 'ftp://hooks.company.example'],
      ['--trust-proxy', 'nobody'],
      ['--trust-proxy', '10.0.0.0/99'],
      ['--nonsense'],
    ];
    for (const args of cases) {
      const { code, stdout, stderr } = await run('source-chat', ['listen', '--config', config, ...args]);
      expect([args, code, stdout]).toEqual([args, 2, '']);
      expect(stderr).toMatch(/^[^\n]+\nTry --help\.\n$/);
    }
    expect((await run('source-chat', ['listen'])).code).toBe(2);
  });

  test('the addresses are printed without their secrets, unless they are asked for', async () => {
    const masked = await startReceiver();
    const port = new URL(masked.url).port;
    const [line = ''] = masked
      .output()
      .split('\n')
      .filter((text) => text.startsWith('{'));
    expect(JSON.parse(line)).toEqual({
      listening: `http://127.0.0.1:${port}`,
      livechat: `http://127.0.0.1:${port}/livechat/****`,
      livetex: `http://127.0.0.1:${port}/livetex/****`,
    });
    expect(masked.output()).toContain(`  LiveTex: http://127.0.0.1:${port}/livetex/****\n`);
    for (const secret of [LIVECHAT_SECRET, LIVETEX_SECRET]) expect(masked.output()).not.toContain(secret);

    const shown = await startReceiver({
      args: ['--show-secrets', '--public-url', 'https://hooks.company.example/chat/'],
    });
    const [open = ''] = shown
      .output()
      .split('\n')
      .filter((text) => text.startsWith('{'));
    expect(JSON.parse(open)).toMatchObject({
      livechat: `https://hooks.company.example/chat/livechat/${LIVECHAT_SECRET}`,
      livetex: `https://hooks.company.example/chat/livetex/${LIVETEX_SECRET}`,
    });
    expect(shown.output()).toContain(`  LiveTex: https://hooks.company.example/chat/livetex/${LIVETEX_SECRET}\n`);
  });

  test('when it is told to end it answers what is under way, and takes no more', async () => {
    const { url, end, config } = await startReceiver();
    const { socket, received, closed } = await plainConnection(url);
    const body = JSON.stringify(EVENT);
    socket.write(
      `POST /livechat/${LIVECHAT_SECRET} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    await until(async () => (await samplesOf({ url })).get('source_chat_received_bytes_held') === 5);
    const ended = end();
    await until(() =>
      ask(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    );
    socket.write(body.slice(5));
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await ended).toBe(0);
    expect((await exported(config)).events).toHaveLength(1);
  });
});
