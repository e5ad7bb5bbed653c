import { Agent } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EVENT, exported, post, startReceiver } from '../helpers/receiver.ts';
import { samplesOf } from '../helpers/receiver-metrics.ts';
import { ask, JSON_TYPE, plainConnection, REQUEST_LINE, requestOf, statusesIn } from '../helpers/receiver-requests.ts';
import { until } from '../helpers/until.ts';

describe('HTTP', () => {
  test('a connection serves many requests', async () => {
    const { livechat, config } = await startReceiver();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ports = new Set<number | undefined>();
    agent.on('free', (socket) => ports.add(socket.localPort));
    for (let index = 0; index < 300; index += 1) {
      const { status } = await ask(livechat, { agent, headers: JSON_TYPE }, JSON.stringify({ ...EVENT, index }));
      expect(status).toBe(200);
    }
    expect(ports.size).toBe(1);
    expect((await exported(config)).events).toHaveLength(300);
  });

  test('requests that are sent without waiting are answered in their order', async () => {
    const { url, config } = await startReceiver();
    const { socket, received } = await plainConnection(url);
    const bodies = Array.from({ length: 200 }, (_, index) => JSON.stringify({ ...EVENT, index }));
    socket.write(bodies.map((body, index) => requestOf(index === 100 ? '{}' : body)).join(''));
    await until(() => statusesIn(received()).length === 200);
    expect(statusesIn(received()).every((status) => status === 200)).toBe(true);
    const { events } = await exported(config);
    const indexes = events.map(({ body }) => (body as { index?: number }).index);
    expect(indexes).toEqual(Array.from({ length: 200 }, (_, index) => (index === 100 ? undefined : index)));
  });

  test('who asks before sending the body is told to go on', async () => {
    const { url } = await startReceiver();
    const { socket, received } = await plainConnection(url);
    const body = JSON.stringify(EVENT);
    socket.write(`${REQUEST_LINE}expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`);
    await until(() => received().includes('100 Continue'));
    socket.write(body);
    await until(() => statusesIn(received()).length === 2);
    expect(statusesIn(received())).toEqual([100, 200]);
  });

  test('who goes away in the middle of the body does no harm', async () => {
    const { url, livechat, config, output } = await startReceiver();
    const packed = gzipSync(JSON.stringify({ ...EVENT, text: 'x'.repeat(6_000_000) }));
    const starts: (string | Buffer)[] = [
      `${REQUEST_LINE}content-length: 100\r\n\r\n{"a":`,
      `${REQUEST_LINE}content-length: 8000000\r\n\r\n${' '.repeat(3_000_000)}`,
      `${REQUEST_LINE}transfer-encoding: chunked\r\n\r\n5\r\n{"a":`,
      `${REQUEST_LINE}content-len`,
      Buffer.concat([
        Buffer.from(`${REQUEST_LINE}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`),
        packed.subarray(0, -20),
      ]),
      Buffer.concat([
        Buffer.from(`${REQUEST_LINE}content-encoding: gzip\r\ncontent-length: ${packed.length + 1}\r\n\r\n`),
        packed,
      ]),
    ];
    for (let round = 0; round < 10; round += 1) {
      for (const bytes of starts) {
        const { socket, closed } = await plainConnection(url);
        await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
        if (round % 2 === 0) socket.destroy();
        else socket.resetAndDestroy();
        await closed;
      }
    }
    await until(async () => (await samplesOf({ url })).get('source_chat_received_bytes_held') === 0);
    expect(await post(livechat, EVENT)).toBe(200);
    expect((await exported(config)).events).toHaveLength(1);
    expect(output()).not.toContain('went wrong inside');
  });

  test('what is no HTTP is refused, or not answered at all', async () => {
    const { url, livechat, output } = await startReceiver();
    const broken = [
      'FOO\r\n\r\n',
      '\0\0\0\0\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      `${REQUEST_LINE}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${REQUEST_LINE}content-length: 5\r\ncontent-length: 6\r\n\r\n{"a":1}`,
      `${REQUEST_LINE}content-length: -5\r\n\r\n`,
      `${REQUEST_LINE}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
      `${REQUEST_LINE}x: ${'y'.repeat(17_000)}\r\n\r\n`,
      `POST /${'y'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      `CONNECT receiver.example:443 HTTP/1.1\r\nhost: x\r\n\r\n`,
    ];
    for (const bytes of broken) {
      const { socket, received, closed } = await plainConnection(url);
      socket.write(bytes, 'latin1');
      await Promise.race([closed, until(() => statusesIn(received()).length > 0)]);
      for (const status of statusesIn(received()))
        expect([bytes.slice(0, 40), Math.floor(status / 100)]).toEqual([bytes.slice(0, 40), 4]);
      socket.destroy();
    }
    expect(await post(livechat, EVENT)).toBe(200);
    expect(output()).not.toContain('went wrong inside');
  });
});
