import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { HEARTBEAT_MS } from '../src/core/engine.ts';
import { describeAllStreams } from '../src/vendors/index.ts';
import { ROOT } from './helpers/commands.ts';

const metadata = parse(read('metadata.yaml'));
const { data } = metadata;
const manifest = JSON.parse(read('package.json'));

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

test('metadata.yaml has the fields that Airbyte asks for, and no others', () => {
  const ajv = new Ajv({ allErrors: true });
  const validate = ajv.compile(JSON.parse(read('test/contract/airbyte-metadata.json')));
  expect(validate(metadata) ? [] : validate.errors).toEqual([]);
});

test('a metadata.yaml without a required field, with an unknown one or with a wrong value is found out', () => {
  const validate = new Ajv().compile(JSON.parse(read('test/contract/airbyte-metadata.json')));
  const { definitionId: _id, ...withoutId } = data;
  for (const wrong of [withoutId, { ...data, githubIssueUrl: 'x' }, { ...data, dockerImageTag: 'latest' }]) {
    expect(validate({ ...metadata, data: wrong })).toBe(false);
  }
});

test('release, licence and protocol are those of the product', () => {
  expect(data.dockerImageTag).toBe(manifest.version);
  expect(data.license).toBe(manifest.license);
  const spec = JSON.parse(read('schemas/spec.json'));
  expect(data.protocolVersion).toBe(spec.protocol_version);
  const dockerfile = read('Dockerfile');
  expect(dockerfile).toContain(`io.airbyte.name=${data.dockerRepository} `);
  expect(dockerfile).toContain(`io.airbyte.version=${data.dockerImageTag}`);
});

test('A2: every host that the product calls by itself is allowed', () => {
  const form = JSON.stringify(JSON.parse(read('schemas/spec.json')));
  const addresses = [...form.matchAll(/"default":"https:\/\/([^/"]+)/g)];
  const hosts = new Set(addresses.map(([, host]) => host));
  expect(hosts.size).toBeGreaterThan(1);
  expect(new Set(data.allowedHosts.hosts)).toEqual(hosts);
});

test('A3: suggested are the streams that need no receiver, in the order of the catalog', () => {
  const fromApis = describeAllStreams().filter((stream) => !stream.bookmarkFields.includes('inbox_seq'));
  expect(data.suggestedStreams.streams).toEqual(fromApis.map((stream) => stream.name));
});

test('a language is named, and each breaking release says what to do', () => {
  expect(data.tags.some((tag: string) => tag.startsWith('language:'))).toBe(true);
  const [major] = manifest.version.split('.').map(Number);
  const announced = Object.keys(data.releases?.breakingChanges ?? {});
  for (let release = 1; release <= major; release += 1) expect(announced).toContain(`${release}.0.0`);
});

test('the icon is a square SVG', () => {
  const icon = read(data.icon);
  const [, width, height] = /<svg [^>]*viewBox="0 0 (\d+) (\d+)"/.exec(icon) ?? [];
  expect(width).toBeDefined();
  expect(height).toBe(width);
});

test('within the time that the platform waits for a message, a sync writes a state', () => {
  expect((HEARTBEAT_MS / 1000) * 2).toBeLessThan(data.maxSecondsBetweenMessages);
});
