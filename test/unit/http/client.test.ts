import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCallBudget } from '../../../src/http/call-budget.ts';
import { createHttpClient } from '../../../src/http/client.ts';
import { answer, call, clock, log, OPTIONS, pair } from '../../helpers/http-pair.ts';

describe('the client', () => {
  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('unpacks %s', async (encoding, pack) => {
    const { client } = await pair((request, response) => {
      expect(request.headers['accept-encoding']).toContain(encoding);
      answer(response, pack('{"n":"Łódź"}'), { 'content-encoding': encoding });
    });
    expect((await client.request(call())).data).toEqual({ n: 'Łódź' });
  });

  test('reads a body in many pieces, cut within characters, with a byte order mark', async () => {
    const body = Buffer.from(`\ufeff${JSON.stringify({ text: 'ы😀'.repeat(50_000) })}`);
    const { client } = await pair(async (_request, response) => {
      for (let from = 0; from < body.length; from += 7777) {
        response.write(body.subarray(from, from + 7777));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    expect((await client.request(call())).data).toEqual({ text: 'ы😀'.repeat(50_000) });
  });

  test('sends query parameters in order, encoded, without those that are undefined, below a path of the address', async () => {
    const seen: (string | undefined)[] = [];
    const { port } = await pair(() => {});
    const { client } = await pair((request, response) => {
      seen.push(request.url);
      answer(response, '[]');
    });
    await client.request(call({ query: { b: 'x y&z', a: 2, c: undefined } }));
    expect(seen).toEqual(['/things?b=x%20y%26z&a=2']);
    expect(port).toBeGreaterThan(0);
  });

  test('keeps its connection alive', async () => {
    const { client, connections } = await pair((_request, response) => answer(response, '[]'));
    for (let n = 0; n < 5; n += 1) await client.request(call());
    expect(connections()).toBe(1);
  });

  test("tells the vendor's clock, unless it is ahead of ours", async () => {
    const dates = ['Thu, 15 Jan 2026 12:00:00 GMT', 'Thu, 15 Jan 2099 12:00:00 GMT', 'today'];
    const { client } = await pair((_request, response) => answer(response, '[]', { date: dates.shift() as string }));
    expect((await client.request(call())).serverTime).toBe(Date.UTC(2026, 0, 15, 12));
    const before = Date.now() - 1;
    for (let n = 0; n < 2; n += 1) {
      const { serverTime } = await client.request(call());
      expect(serverTime).toBeGreaterThanOrEqual(before);
      expect(serverTime).toBeLessThanOrEqual(Date.now() + 1);
    }
  });

  test('counts calls, retries included, and those that are billed: not the ones answered 500', async () => {
    const answers = [500, 503, 200];
    const { client } = await pair((_request, response) => void response.writeHead(answers.shift() as number).end('[]'));
    await client.request(call());
    expect(client.counts()).toEqual({ calls: 3, billedCalls: 2 });
  });

  test('credentials that were refused are not tried again', async () => {
    let asked = 0;
    const { client } = await pair((_request, response) => {
      asked += 1;
      response.writeHead(401).end('{}');
    });
    for (let n = 0; n < 3; n += 1) await expect(client.request(call())).rejects.toMatchObject({ status: 401 });
    expect(asked).toBe(1);
  });

  test.each([
    ['broken gzip', { 'content-encoding': 'gzip' }, 'Z_DATA_ERROR'],
    ['a head that is far too big', { 'x-long': 'x'.repeat(100_000) }, 'UND_ERR_HEADERS_OVERFLOW'],
  ])('%s is told as what it is', async (_what, headers, code) => {
    const { client } = await pair((_request, response) => answer(response, 'no gzip', headers));
    const limits = { maxFailures: 1, maxThrottledMs: 0, deadlineMs: 60_000 };
    await expect(client.request(call({ limits }))).rejects.toThrow(
      `an answer that cannot be read while listing things (${code})`,
    );
  });

  test('a proxy that is no address is named', () => {
    process.env['https_proxy'] = 'nonsense';
    onTestFinished(() => {
      delete process.env['https_proxy'];
    });
    expect(() => createHttpClient({ ...OPTIONS, baseUrl: 'https://api.example' })).toThrow('The proxy in https_proxy');
  });

  test('a call that never reached the vendor is not on the bill', async () => {
    const { client } = await pair(() => {}, { baseUrl: 'http://127.0.0.1:1' });
    const limits = { maxFailures: 2, maxThrottledMs: 0, deadlineMs: 60_000 };
    await expect(client.request(call({ limits }))).rejects.toThrow('ECONNREFUSED');
    expect(client.counts()).toEqual({ calls: 2, billedCalls: 0 });
  });

  test('waiting for quota is not held against a call', async () => {
    const answers = [200, 503, 200];
    const { client } = await pair(
      (_request, response) => void response.writeHead(answers.shift() as number).end('[]'),
      {
        budget: createCallBudget({ limit: 1, windowMs: 700, clock, log }),
      },
    );
    const limits = { maxFailures: 2, maxThrottledMs: 0, deadlineMs: 600 };
    await client.request(call({ limits }));
    expect((await client.request(call({ limits }))).data).toEqual([]);
  });

  test.each([
    ['headers', (_request: IncomingMessage, _response: ServerResponse) => {}],
    ['the rest of the body', (_request: IncomingMessage, response: ServerResponse) => void response.write('[1,')],
    [
      'the end of a body that drips',
      (_request: IncomingMessage, response: ServerResponse) => {
        const drip = setInterval(() => response.write(' '), 100);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('does not wait for ever for %s', async (_what, listener) => {
    const { client } = await pair(listener, { timeoutMs: 400 });
    const limits = { maxFailures: 2, maxThrottledMs: 0, deadlineMs: 60_000 };
    await expect(client.request(call({ limits }))).rejects.toMatchObject({ kind: 'transient' });
    expect(client.counts().calls).toBe(2);
  });

  test.each(['before it connects', 'before the answer', 'within the body', 'between two attempts'])(
    'an abort %s ends the call at once',
    async (when) => {
      const controller = new AbortController();
      const { client } = await pair((_request, response) => {
        if (when === 'within the body') response.write('[1,');
        if (when === 'between two attempts') response.writeHead(503, { 'retry-after': '30' }).end();
        setTimeout(() => controller.abort(new Error('ended')), 50);
      });
      if (when === 'before it connects') controller.abort(new Error('ended'));
      const began = Date.now();
      await expect(client.request(call({ signal: controller.signal }))).rejects.toThrow('ended');
      expect(Date.now() - began).toBeLessThan(1000);
    },
  );

  test('does not follow redirects with its credentials', async () => {
    let second = 0;
    const { port } = await pair((_request, response) => {
      second += 1;
      response.end('[]');
    });
    const { client } = await pair((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${port}/things` }).end();
    });
    await expect(client.request(call())).rejects.toThrow('redirects');
    expect(second).toBe(0);
  });

  test('goes to this machine directly, whatever proxy is set', async () => {
    process.env['https_proxy'] = 'http://127.0.0.1:9';
    onTestFinished(() => {
      delete process.env['https_proxy'];
    });
    const { client } = await pair((_request, response) => answer(response, '[]'));
    expect((await client.request(call())).data).toEqual([]);
  });

  test("customers' data in a broken answer is not quoted", async () => {
    const { client } = await pair((_request, response) => answer(response, '{"mail":"mary@customer.example"'));
    const failure = await client.request(call()).catch((error: Error) => error);
    expect(String(failure)).toContain('not JSON');
    expect(String(failure)).not.toContain('mary');
  });

  test('a POST sends its body with its type', async () => {
    let heard = '';
    const { client } = await pair((request, response) => {
      expect([request.method, request.url, request.headers['content-type']]).toEqual(['POST', '/things?a=1', 'text/x']);
      request.on('data', (data) => {
        heard += data;
      });
      request.on('end', () => answer(response, '[]'));
    });
    await client.request(call({ method: 'POST', query: { a: 1 }, body: { contentType: 'text/x', text: 'Łódź' } }));
    expect(heard).toBe('Łódź');
  });

  test('a 401 within a session is tried once more with a new header; the sign-in itself goes without one', async () => {
    const headers: (string | undefined)[] = [];
    let header = 'first';
    const session = {
      authorization: async () => header,
      refused: (refused: string) => {
        header = `not ${refused}`;
      },
    };
    const { client } = await pair(
      (request, response) => {
        headers.push(request.headers.authorization);
        response.writeHead(headers.length < 3 ? 401 : 200).end('[]');
      },
      { session },
    );
    await expect(client.request(call())).rejects.toMatchObject({ status: 401 });
    expect(headers).toEqual(['first', 'not first']);
    const other = await pair((request, response) => answer(response, `"${request.headers.authorization}"`), {
      session,
    });
    expect((await other.client.request(call({ isSignIn: true }))).data).toBe('undefined');
  });

  test('an error that comes with HTTP 200 is judged by the status that it means', async () => {
    let calls = 0;
    const { client } = await pair(
      (_request, response) => {
        calls += 1;
        answer(response, calls === 1 ? '{"code":503,"message":"Busy"}' : '{"code":403,"message":"No access"}');
      },
      { statusIn: (data) => (data as { code: number }).code },
    );
    await expect(client.request(call())).rejects.toThrow('HTTP 403: “No access”');
    expect(calls).toBe(2);
  });

  test("by how much the vendor's clock is ahead is known from its last answer", async () => {
    const { client } = await pair((_request, response) =>
      answer(response, '[]', { date: new Date(Date.now() + 7_200_000).toUTCString() }),
    );
    expect(client.vendorAheadMs()).toBe(0);
    await client.request(call());
    expect(Math.abs(client.vendorAheadMs() - 7_200_000)).toBeLessThan(5000);
  });
});
