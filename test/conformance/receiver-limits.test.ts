import { describe, expect, test } from 'vitest';
import { EVENT, exported, post, startReceiver } from '../helpers/receiver.ts';
import { ask, JSON_TYPE, plainConnection, REQUEST_LINE, requestOf, statusesIn } from '../helpers/receiver-requests.ts';
import { until } from '../helpers/until.ts';

describe('time and connections', () => {
  test('who is slow is cut off, with headers or body or nothing, while others are served', {
    timeout: 120_000,
  }, async () => {
    const { url, livechat, config } = await startReceiver({ args: ['--rate-limit', '0'] });
    const drip = async (beginning: string, drop: string) => {
      const { socket, received, closed } = await plainConnection(url);
      if (beginning !== '') socket.write(beginning);
      const dripping = setInterval(() => drop !== '' && socket.writable && socket.write(drop), 200);
      await closed;
      clearInterval(dripping);
      return statusesIn(received());
    };
    let isOver = false;
    const slow = Promise.all([
      drip('', ''),
      drip('POST /', ''),
      drip(REQUEST_LINE, 'x: y\r\n'),
      drip(`${REQUEST_LINE}content-length: 5000\r\n\r\n`, ' '),
      drip(`${REQUEST_LINE}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    ]).finally(() => {
      isOver = true;
    });
    let served = 0;
    for (; !isOver; served += 1) expect(await post(livechat, { ...EVENT, served })).toBe(200);
    expect(served).toBeGreaterThan(100);
    for (const statuses of await slow) expect([[], [408]]).toContainEqual(statuses);
    expect((await exported(config)).events).toHaveLength(served);
  });

  test('there are no more connections than may be', async () => {
    const { url, livechat } = await startReceiver({ args: ['--max-connections', '5'] });
    const open = await Promise.all([1, 2, 3, 4, 5].map(() => plainConnection(url)));
    const sixth = await plainConnection(url);
    await sixth.closed;
    await expect(post(livechat, EVENT)).rejects.toThrow();
    expect(open.map(({ socket }) => socket.destroyed)).toEqual([false, false, false, false, false]);
    open[0]?.socket.write(requestOf(JSON.stringify(EVENT)));
    await until(() => statusesIn(open[0]?.received() ?? '')[0] === 200);
    open[1]?.socket.destroy();
    await until(() =>
      post(livechat, EVENT).then(
        (status) => status === 200,
        () => false,
      ),
    );
  });

  test('2,000 connections on which nothing happens do no harm to others', { timeout: 120_000 }, async () => {
    const { url, livechat, config } = await startReceiver({ args: ['--max-connections', '2100'] });
    const idle = [];
    for (let round = 0; round < 20; round += 1) {
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => plainConnection(url)))));
    }
    expect(idle.filter(({ socket }) => socket.destroyed || socket.connecting)).toEqual([]);
    for (let index = 0; index < 200; index += 1) expect(await post(livechat, { ...EVENT, index })).toBe(200);
    expect((await exported(config)).events).toHaveLength(200);
    // They do not stay.
    await Promise.all(idle.map(({ closed }) => closed));
    expect(await post(livechat, EVENT)).toBe(200);
  });
});

describe('rates', () => {
  test('one address may send so many requests a minute; health, readiness and metrics are not counted', async () => {
    const { url, livechat } = await startReceiver({ args: ['--rate-limit', '5'] });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push(await post(livechat, { ...EVENT, index }));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const { status, headers } = await ask(livechat, { headers: JSON_TYPE }, JSON.stringify(EVENT));
    expect(status).toBe(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(Object.keys(headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
    for (let index = 0; index < 10; index += 1) {
      for (const path of ['/healthz', '/readyz', '/metrics']) expect((await ask(url + path)).status).toBe(200);
    }
  });

  test('nobody is believed about his address but a trusted proxy', async () => {
    const from = async (url: string, address: string) =>
      (await ask(url, { headers: { ...JSON_TYPE, 'x-forwarded-for': address } }, JSON.stringify(EVENT))).status;
    const open = await startReceiver({ args: ['--rate-limit', '2'] });
    expect([await from(open.livechat, '1.1.1.1'), await from(open.livechat, '2.2.2.2')]).toEqual([200, 200]);
    expect(await from(open.livechat, '3.3.3.3')).toBe(429);

    const behind = await startReceiver({ args: ['--rate-limit', '2', '--trust-proxy', '127.0.0.1, 10.0.0.0/8'] });
    for (const address of [
      '1.1.1.1',
      '2.2.2.2',
      '3.3.3.3',
      '6.6.6.6, 4.4.4.4, 10.1.2.3',
      'fe80::1%eth0',
      'no address',
      '',
    ]) {
      expect([address, await from(behind.livechat, address)]).toEqual([address, 200]);
    }
    expect([await from(behind.livechat, '1.1.1.1'), await from(behind.livechat, '1.1.1.1')]).toEqual([200, 429]);
    // What stands before the first address that is not trusted was written by the sender.
    expect([await from(behind.livechat, '7.7.7.7, 4.4.4.4'), await from(behind.livechat, '8.8.8.8, 4.4.4.4')]).toEqual([
      200, 429,
    ]);

    const elsewhere = await startReceiver({ args: ['--rate-limit', '2', '--trust-proxy', '10.0.0.0/8'] });
    for (const address of ['1.1.1.1', '2.2.2.2']) expect(await from(elsewhere.livechat, address)).toBe(200);
    expect(await from(elsewhere.livechat, '3.3.3.3')).toBe(429);
  });
});
