import { type Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Sent } from './fuzz-requests.ts';

/** The bytes of a request, as they go over a socket. */
export function bytesOf({ method, target, payload, framing, headers }: Sent): Buffer {
  const { bytes, encoding } = payload;
  const chunk = (part: Buffer, extra = '') =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}${extra}\r\n`), part, Buffer.from('\r\n')]);
  const third = Math.ceil(bytes.length / 3);
  let framed: [header: string, body: Buffer];
  if (framing === 'length') framed = [`content-length: ${bytes.length}`, bytes];
  else if (framing === 'short') framed = [`content-length: ${Math.floor(bytes.length / 2)}`, bytes];
  else if (framing === 'none') framed = ['x-framing: none', bytes];
  else if (framing.startsWith('chunked')) {
    const parts = [bytes.subarray(0, third), bytes.subarray(third, 2 * third), bytes.subarray(2 * third)].filter(
      (part) => part.length > 0,
    );
    const isOdd = framing === 'chunked oddly';
    const end = isOdd ? '000\r\nx-trailer: y\r\n\r\n' : '0\r\n\r\n';
    framed = [
      'transfer-encoding: chunked',
      Buffer.concat([...parts.map((part) => chunk(part, isOdd ? ';a=b' : '')), Buffer.from(end)]),
    ];
  } else
    framed = [
      framing,
      framing.startsWith('transfer') ? Buffer.concat([chunk(bytes), Buffer.from('0\r\n\r\n')]) : bytes,
    ];
  const [header, body] = framed;
  const lines = [
    `${method} ${target.path} HTTP/1.1`,
    'host: receiver.example',
    ...(encoding === undefined ? [] : [`content-encoding: ${encoding}`]),
    header,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** How long a request that may never end is waited for. */
const PATIENCE_MS = 250;

/**
 * Sends bytes, and resolves with all that is answered until the connection ends. It is ended when there is an answer, and for a
 * request that may not be whole after a while: a receiver need not answer who has gone.
 */
export async function overSocket(url: string, bytes: Buffer, parts: number, isWhole: boolean): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    if (statusesIn(answer).length > 0) socket.end();
  });
  // A receiver that will not read the rest may reset the connection.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const size = Math.ceil(bytes.length / parts);
  for (let from = 0; from < bytes.length; from += size) {
    socket.write(bytes.subarray(from, from + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const impatience = isWhole ? undefined : setTimeout(() => socket.end(), PATIENCE_MS);
  await closed;
  clearTimeout(impatience);
  return answer;
}

/**
 * Sends a request by the way that programs go, with connections of `agent` that are used again; resolves with the whole
 * answer as overSocket does.
 */
export function overHttp(url: string, agent: Agent, { target, payload, framing, headers }: Sent): Promise<string> {
  const { bytes, encoding } = payload;
  const given = Object.fromEntries(headers.map((line) => line.split(': ') as [string, string]));
  return new Promise((resolve) => {
    const request = httpRequest(
      `${url}/`,
      {
        agent,
        method: 'POST',
        path: target.path,
        headers: {
          ...given,
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
          ...(framing === 'length' ? { 'content-length': bytes.length } : { 'transfer-encoding': 'chunked' }),
        },
      },
      (response) => {
        let text = `HTTP/1.1 ${response.statusCode}\r\n${response.rawHeaders.join('\r\n')}\r\n\r\n`;
        response.on('data', (chunk) => {
          text += chunk.toString('latin1');
        });
        response.on('end', () => resolve(text));
      },
    );
    request.on('error', (error) => resolve(`no answer: ${error.message}`));
    request.end(bytes);
  });
}

/** The statuses of the answers on a connection, without interim ones. */
export function statusesIn(answers: string): number[] {
  return [...answers.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3})/g)]
    .map((match) => Number(match[1]))
    .filter((status) => status >= 200);
}
