import { expect } from 'vitest';
import { ask } from './receiver-requests.ts';

/** The samples of a text in Prometheus' format, by name and labels. Throws for what is none. */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const typed = new Set<string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '' || /^# HELP [a-zA-Z_:][\w:]* .*$/.test(line)) continue;
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (?:counter|gauge|histogram|summary|untyped)$/.exec(line)?.[1];
    if (type !== undefined) {
      expect(typed, `${type} is declared once`).not.toContain(type);
      typed.add(type);
      continue;
    }
    const match =
      /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? ([+-]?(?:[\d.eE+-]+|Inf)|[Nn]a[Nn])$/.exec(
        line,
      );
    if (match === null) throw new Error(`no line of Prometheus: ${line}`);
    const [, name = '', labels = '', value] = match;
    expect(
      [...typed].some((known) => name.startsWith(known)),
      `${name} has a type`,
    ).toBe(true);
    expect(samples.has(name + labels), `${name}${labels} is there once`).toBe(false);
    samples.set(name + labels, Number(value?.replace('Inf', 'Infinity')));
  }
  return samples;
}

/** The samples that a receiver gives now, by name and labels. */
export async function samplesOf({ url }: { url: string }): Promise<Map<string, number>> {
  const { status, headers, body } = await ask(`${url}/metrics`);
  expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain; version=0\.0\.4/)]);
  return samplesIn(body);
}
