import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../src/http/session.ts';
import { answer, call, clock, pair } from '../../helpers/http-pair.ts';

/** What an answer lacks: `{"wants": {…}}` asks for these headers. */
const headersIn = (data: unknown) => (data as { wants?: Record<string, string> }).wants;
const statusIn = (data: unknown) => (data as { status?: number }).status;

describe('what an answer asks to be sent along', () => {
  test('is sent with the same call at once, and with every later one', async () => {
    const seen: (string | undefined)[] = [];
    const told: string[] = [];
    const { client } = await pair(
      (request, response) => {
        const region = request.headers['x-region'] as string | undefined;
        seen.push(region);
        if (region === 'dal') return answer(response, '"good"');
        response.writeHead(421).end('{"wants":{"x-region":"dal"}}');
      },
      { headersIn, log: (level, message) => void told.push(`${level} ${message}`) },
    );
    expect((await client.request(call())).data).toBe('good');
    expect((await client.request(call())).data).toBe('good');
    expect(seen).toEqual([undefined, 'dal', 'dal']);
    expect(told.filter((line) => !line.startsWith('debug'))).toEqual([
      'info LiveChat asks for x-region: dal while listing things; trying again with it.',
    ]);
    expect(client.counts()).toEqual({ calls: 3, billedCalls: 3 });
  });

  test('is tried once a call: a vendor that asks on and on is not called for ever', async () => {
    let calls = 0;
    const { client } = await pair(
      (_request, response) => {
        calls += 1;
        response.writeHead(421).end(`{"message":"Wrong region","wants":{"x-region":"r${calls}"}}`);
      },
      { headersIn },
    );
    await expect(client.request(call())).rejects.toMatchObject({
      status: 421,
      kind: 'system',
      message: expect.stringContaining('Wrong region'),
    });
    expect(calls).toBe(2);
    // The next call may try once more: an account can move.
    await expect(client.request(call())).rejects.toMatchObject({ status: 421 });
    expect(calls).toBe(4);
  });

  test('is seen in an error that comes with HTTP 200, too', async () => {
    const seen: (string | undefined)[] = [];
    const { client } = await pair(
      (request, response) => {
        seen.push(request.headers['x-region'] as string | undefined);
        answer(response, seen.length === 1 ? '{"status":421,"wants":{"x-region":"fra"}}' : '[]');
      },
      { headersIn, statusIn },
    );
    expect((await client.request(call())).data).toEqual([]);
    expect(seen).toEqual([undefined, 'fra']);
  });

  test('is not looked for in a good answer, nor in one that is no JSON', async () => {
    const { client } = await pair((_request, response) => answer(response, '{"wants":{"x-region":"dal"}}'), {
      headersIn,
    });
    expect((await client.request(call())).data).toEqual({ wants: { 'x-region': 'dal' } });
    const other = await pair((_request, response) => void response.writeHead(400).end('wants x-region'), {
      headersIn: () => {
        throw new Error('not to be asked');
      },
    });
    await expect(other.client.request(call())).rejects.toMatchObject({ status: 400 });
  });
});

describe('the status that an answer means', () => {
  test.each([
    // Each with the calls that it costs: what a repetition cannot mend is not repeated.
    [200, 403, 1, 'config'],
    [200, 503, 3, 'transient'],
    [503, 402, 1, 'config'],
    [400, 503, 3, 'transient'],
    [500, 410, 1, 'config'],
  ])('HTTP %i that means %i takes %i calls and is a %s error', async (httpStatus, status, calls, kind) => {
    const { client } = await pair(
      (_request, response) => void response.writeHead(httpStatus).end(JSON.stringify({ status, message: 'No' })),
      { statusIn },
    );
    const limits = { maxFailures: 3, maxThrottledMs: 0, deadlineMs: 60_000 };
    await expect(client.request(call({ limits }))).rejects.toMatchObject({ status, kind });
    expect(client.counts().calls).toBe(calls);
  });

  test('is told the HTTP status, and decides alone where it has an opinion', async () => {
    const told: number[] = [];
    const { client } = await pair((_request, response) => void response.writeHead(418).end('{"message":"No"}'), {
      statusIn: (_data, httpStatus) => {
        told.push(httpStatus);
        return undefined;
      },
    });
    await expect(client.request(call())).rejects.toThrow('HTTP 418: “No”');
    expect(told).toEqual([418]);
  });

  test('402 says that a licence is lacking, and for what', async () => {
    const { client } = await pair((_request, response) => void response.writeHead(402).end('{"error":"Pay first"}'));
    await expect(client.request(call())).rejects.toMatchObject({
      kind: 'config',
      status: 402,
      message:
        'LiveChat knows no valid licence for listing things (HTTP 402: “Pay first”). The subscription may have ended, or not include it.',
    });
    expect(client.counts().calls).toBe(1);
  });

  test('401 of an answer with HTTP 200 renews the token once', async () => {
    let signIns = 0;
    const session = createSession(async () => {
      signIns += 1;
      return { authorization: `Bearer ${signIns}`, expiresAt: clock.now() + 60_000 };
    }, clock);
    const { client } = await pair(
      (request, response) =>
        answer(response, request.headers.authorization === 'Bearer 2' ? '"good"' : '{"status":401}'),
      { statusIn, session },
    );
    expect((await client.request(call())).data).toBe('good');
    expect(signIns).toBe(2);
  });
});

test('the headers of every answer are shown, whatever its status, and none of an attempt without an answer', async () => {
  const shown: IncomingHttpHeaders[] = [];
  let calls = 0;
  const { client } = await pair(
    (request, response) => {
      calls += 1;
      if (calls === 2) return void request.socket.destroy();
      response.writeHead(calls === 1 ? 503 : 200, { Legacy: `2027-01-0${calls}` }).end('[]');
    },
    { onHeaders: (headers) => void shown.push(headers) },
  );
  await client.request(call());
  expect(shown.map(({ legacy }) => legacy)).toEqual(['2027-01-01', '2027-01-03']);
});
