import { execFileSync } from 'node:child_process';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres } from '../helpers/postgres.ts';
import { EVENT, exported, inboxConfig, listen, post, startReceiver } from '../helpers/receiver.ts';
import { samplesOf } from '../helpers/receiver-metrics.ts';
import { ask, JSON_TYPE } from '../helpers/receiver-requests.ts';
import { until } from '../helpers/until.ts';

describe('when the store cannot be used', () => {
  test('with SQLite: while another process writes for too long events are worth another try, and then all is well', async () => {
    const { livechat, url, database, config, output } = await startReceiver();
    expect(await post(livechat, EVENT)).toBe(200);
    const other = new DatabaseSync(database);
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    const answers = await Promise.all(
      [1, 2, 3].map((index) => ask(livechat, { headers: JSON_TYPE }, JSON.stringify({ ...EVENT, index }))),
    );
    for (const { status, headers } of answers)
      expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(503);
    other.exec('rollback');
    expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    await sleep(1100);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(2);
    expect((await samplesOf({ url })).get('source_chat_webhook_requests_total{vendor="livechat",status="503"}')).toBe(
      3,
    );
    const warnings = output()
      .split('\n')
      .filter((line) => line.includes('503'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /was answered with 503: The inbox .*inbox\.sqlite cannot be used now: database is locked\.$/,
      ),
    ]);
  });

  test.skipIf(process.platform === 'win32')('with SQLite: a store that cannot even be read is not ready', async () => {
    const { livechat, url, database, config } = await startReceiver();
    expect(await post(livechat, EVENT)).toBe(200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    const other = new DatabaseSync(database);
    onTestFinished(() => other.close());
    other.exec('begin immediate');
    // The index of the log is made anew from the log by whoever finds it damaged, but not while somebody writes.
    // Another process does it: whoever closes a file loses all locks that he has on it.
    const damage = 'fs.writeSync(fs.openSync(process.argv[1], "r+"), Buffer.alloc(96), 0, 96, 0)';
    execFileSync(process.execPath, ['-e', damage, `${database}-shm`]);
    // Whoever asks within a second gets the same answer again.
    await sleep(1100);
    const { status, body, headers } = await ask(`${url}/readyz`);
    expect([status, body, Number(headers['retry-after']) > 0]).toEqual([503, 'The inbox cannot be used.\n', true]);
    other.exec('rollback');
    expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    await sleep(1100);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(2);
  });

  test.skipIf(process.platform === 'win32')(
    'with SQLite: a file that was taken away from under the receiver takes no events, and is nobody else’s to read',
    async () => {
      const { livechat, url, database } = await startReceiver();
      expect(await post(livechat, EVENT)).toBe(200);
      expect(statSync(database).mode & 0o777).toBe(0o600);
      renameSync(database, `${database}.moved`);
      expect(await post(livechat, { ...EVENT, index: 1 })).toBe(503);
      expect((await ask(`${url}/readyz`)).status).toBe(503);
      writeFileSync(database, '');
      expect(await post(livechat, { ...EVENT, index: 1 })).toBe(503);
      renameSync(`${database}.moved`, database);
      expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    },
  );

  test('with PostgreSQL: while the server is gone nothing is ready, and when it is back all is well', {
    timeout: 120_000,
  }, async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.close());
    const config = inboxConfig({ type: 'postgres', url: await postgres.database() });
    const { livechat, url, output } = await listen(config, { args: ['--debug'] });
    expect(await post(livechat, EVENT)).toBe(200);
    await postgres.crash();
    const { status, headers } = await ask(livechat, { headers: JSON_TYPE }, JSON.stringify({ ...EVENT, index: 1 }));
    expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
    expect((await ask(`${url}/readyz`)).status).toBe(503);
    expect((await ask(`${url}/healthz`)).status).toBe(200);
    await postgres.start();
    await until(async () => (await post(livechat, { ...EVENT, index: 1 })) === 200);
    expect((await ask(`${url}/readyz`)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(2);
    expect(output()).not.toContain('postgres-password');
  });

  test.skipIf(process.platform === 'win32')(
    'with SQLite: a full disk costs nothing that was acknowledged',
    async () => {
      // A limit to the size of files, in blocks of 512 bytes or a kilobyte, does what a full disk does.
      const { livechat, url, config, child } = await startReceiver({
        prefix: ['sh', '-c', 'trap \'\' XFSZ; ulimit -f 2000; exec "$@"', 'sh'],
      });
      let acknowledged = 0;
      let status = 200;
      for (let index = 0; status === 200 && index < 200; index += 1) {
        status = await post(livechat, { ...EVENT, index, text: 'x'.repeat(50_000) });
        if (status === 200) acknowledged += 1;
      }
      expect(status).toBe(503);
      expect(acknowledged).toBeGreaterThan(0);
      expect((await ask(`${url}/healthz`)).status).toBe(200);
      expect(child.exitCode).toBeNull();
      const indexes = new Set((await exported(config)).events.map(({ body }) => (body as { index: number }).index));
      for (let index = 0; index < acknowledged; index += 1) expect(indexes).toContain(index);
    },
  );
});
