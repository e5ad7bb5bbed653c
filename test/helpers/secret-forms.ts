import { expect } from 'vitest';

/** All forms in which somebody could read a secret out of a text. */
export function secretForms(secret: string): string[] {
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1)
      // The last characters depend on what follows.
      .replace(/.=*$/, ''),
  );
  const url = encodeURIComponent(secret);
  return [
    secret,
    url,
    encodeURIComponent(url),
    new URLSearchParams({ k: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
    ...shifted,
    ...shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** Fails where a text tells one of the secrets, in whatever form. */
export function expectNoSecret(text: string, secrets: readonly string[]): void {
  const folded = text.toLowerCase();
  const told = secrets.flatMap(secretForms).filter((form) => folded.includes(form.toLowerCase()));
  expect([...new Set(told)]).toEqual([]);
}

/** Everything that a command printed, except the CONTROL messages, which hold the configuration as the protocol wants it. */
export function printed({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const lines = stdout.split('\n').filter((line) => !line.startsWith('{"type":"CONTROL"'));
  return `${lines.join('\n')}\n${stderr}`;
}
