import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { file, temporaryFolder } from '../helpers/commands.ts';
import { EVENT, exported, inboxConfig, listenFailure, startReceiver } from '../helpers/receiver.ts';
import { ask, JSON_TYPE, plainConnection } from '../helpers/receiver-requests.ts';

/** A certificate for this machine; undefined where there is no openssl. */
function certificate(name = 'receiver'): { cert: string; key: string } | undefined {
  const [cert, key] = ['cert', 'key'].map((what) => join(temporaryFolder(), `${name}-${what}.pem`)) as [string, string];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    );
    return { cert, key };
  } catch {
    return undefined;
  }
}

describe('TLS', () => {
  test('with a certificate and its key events come over TLS, and over nothing else', async ({ skip }) => {
    const files = certificate();
    if (files === undefined) return skip('there is no openssl to make a certificate with');
    const { url, livechat, config } = await startReceiver({ args: ['--tls-cert', files.cert, '--tls-key', files.key] });
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const ca = readFileSync(files.cert);
    const { status } = await ask(livechat, { ca, headers: JSON_TYPE } as RequestOptions, JSON.stringify(EVENT));
    expect(status).toBe(200);
    await expect(ask(livechat, { headers: JSON_TYPE }, JSON.stringify(EVENT))).rejects.toThrow(/certificate/);
    await expect(ask(livechat.replace('https:', 'http:'), {}, JSON.stringify(EVENT))).rejects.toThrow();
    expect((await ask(`${url}/healthz`, { ca } as RequestOptions)).status).toBe(200);
    expect((await exported(config)).events).toHaveLength(1);
  });

  test('who does not finish the greeting is cut off', { timeout: 120_000 }, async ({ skip }) => {
    const files = certificate();
    if (files === undefined) return skip('there is no openssl to make a certificate with');
    const { url } = await startReceiver({ args: ['--tls-cert', files.cert, '--tls-key', files.key] });
    const { closed } = await plainConnection(url);
    const limit = new Promise((resolve) => setTimeout(resolve, 40_000, 'still open').unref());
    expect(await Promise.race([closed.then(() => 'closed'), limit])).toBe('closed');
  });

  test('a certificate or a key that cannot be used is told in one sentence', async ({ skip }) => {
    const [one, other] = [certificate('one'), certificate('other')];
    if (one === undefined || other === undefined) return skip('there is no openssl to make a certificate with');
    const config = inboxConfig({ type: 'sqlite', path: join(temporaryFolder(), 'inbox.sqlite') });
    const cases: [cert: string, key: string, words: RegExp][] = [
      [one.cert, other.key, /^The certificate or its key cannot be used \(\w+\)\. .*belong together\.\n$/],
      [one.key, one.cert, /^The certificate or its key cannot be used \(\w+\)\. /],
      [file('no PEM', 'cert.pem'), one.key, /^The certificate or its key cannot be used \(\w+\)\. /],
      [
        one.cert,
        file('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'key.pem'),
        /^The certificate or its key cannot be used \(\w+\)\. /,
      ],
      [
        '/nowhere/cert.pem',
        one.key,
        /^The certificate file \/nowhere\/cert\.pem cannot be used: there is no such file\.\n$/,
      ],
      [one.cert, file(' ', 'key.pem'), /^The key of the certificate file .* is empty\.\n$/],
    ];
    for (const [cert, key, words] of cases) {
      const { code, stdout, stderr } = await listenFailure(config, '--tls-cert', cert, '--tls-key', key);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(words)]);
    }
  });
});
