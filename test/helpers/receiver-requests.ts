import { type IncomingHttpHeaders, type RequestOptions, request as send } from 'node:http';
import { request as sendTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { LIVECHAT_SECRET } from './receiver.ts';

/** Headers of a request with JSON. */
export const JSON_TYPE = { 'content-type': 'application/json' };

/** A receiver's answer, with its whole body. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Sends a request on a connection of its own, with POST where it has a body; resolves with the answer, rejects where none
 * comes.
 */
export function ask(url: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  const { protocol } = new URL(url);
  return new Promise((resolve, reject) => {
    const given = { agent: false as const, method: body === undefined ? 'GET' : 'POST', ...options };
    const request = (protocol === 'https:' ? sendTls : send)(url, given, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A connection on which nothing is done but what a test does. */
export interface PlainConnection {
  readonly socket: Socket;
  /** All that came over it so far. */
  readonly received: () => string;
  readonly closed: Promise<void>;
}

/** Connects to the port of an address; the connection ends with the test. */
export async function plainConnection(url: string): Promise<PlainConnection> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise<void>((resolve) => {
    socket.on('connect', () => resolve());
    // How it ends is for the test to judge.
    socket.on('error', () => resolve());
  });
  return { socket, received: () => text, closed };
}

/** How a request for LiveChat begins, where it is written by hand. */
export const REQUEST_LINE = `POST /livechat/${LIVECHAT_SECRET} HTTP/1.1\r\nhost: receiver.example\r\n`;

/** All of such a request, with more headers where they are given, each with its end. */
export const requestOf = (body: string, headers = '') =>
  `${REQUEST_LINE}${headers}content-length: ${body.length}\r\n\r\n${body}`;

/** The statuses of all answers in what came over a connection, interim ones too. */
export const statusesIn = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]));
