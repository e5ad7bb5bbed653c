import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIVECHAT_DEFAULTS } from '../../src/vendors/livechat/settings.ts';
import { LIVETEX_DEFAULTS } from '../../src/vendors/livetex/livetex.ts';
import { sourceChat } from '../helpers/airbyte.ts';
import { ROOT } from '../helpers/commands.ts';
import { breakingConfigChanges } from '../helpers/compatibility.ts';
import { protocolValidator, rowValidator } from '../helpers/protocol.ts';
import { sandboxFor } from '../helpers/sandbox.ts';

// biome-ignore lint/suspicious/noExplicitAny: a schema is any JSON
type Node = any;

const { connectionSpecification: form } = JSON.parse(readFileSync(join(ROOT, 'schemas/spec.json'), 'utf8'));
const baseline = JSON.parse(readFileSync(join(ROOT, 'test/conformance/baseline/spec.json'), 'utf8'));

/** Every schema node of the form, with its path. */
function* nodes(node: Node, path = ''): Generator<[string, Node]> {
  yield [path, node];
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* nodes(child, `${path}/${name}`);
  for (const [index, child] of (node.oneOf ?? []).entries()) yield* nodes(child, `${path}/oneOf${index}`);
  if (node.items) yield* nodes(node.items, `${path}/items`);
}
const all = [...nodes(form)];

const SECRET_NAMES = new Set(
  'client_token access_token api_token token secret client_secret password key service_account_info service_account tenant_id certificate jwt credentials app_id appid refresh_token'.split(
    ' ',
  ),
);

describe('spec', () => {
  test('S1: exactly one SPEC, valid, equal to the committed file, as the first line', async () => {
    const output = await sourceChat('spec');
    expect(output.code).toBe(0);
    expect(output.messages.map((message) => message.type)).toEqual(['SPEC']);
    expect(output.stderr).toBe('');
    const validate = protocolValidator('ConnectorSpecification');
    expect(validate(output.spec), JSON.stringify(validate.errors)).toBe(true);
    expect(output.spec).toEqual(JSON.parse(readFileSync(join(ROOT, 'schemas/spec.json'), 'utf8')));
  });

  test('S2: a good configuration fits', async () => {
    const sandbox = await sandboxFor();
    const validate = rowValidator(form);
    for (const config of [sandbox.fullConfig(), sandbox.tokenConfig(), sandbox.oauthConfig()]) {
      expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test('S3: enum values are distinct', () => {
    for (const [path, node] of all) expect(new Set(node.enum ?? []).size, path).toBe((node.enum ?? []).length);
  });

  test('S4: every oneOf has one common property with distinct constants', () => {
    const choices = all.filter(([, node]) => node.oneOf);
    expect(choices.length).toBeGreaterThan(0);
    for (const [path, node] of choices) {
      expect(node.type, path).toBe('object');
      const constants = node.oneOf.map((variant: Node) =>
        Object.entries(variant.properties as Record<string, Node>).filter(
          ([, property]) => property.const !== undefined,
        ),
      );
      for (const found of constants) expect(found, path).toHaveLength(1);
      expect(new Set(constants.map(([[name]]: [[string]]) => name)).size, path).toBe(1);
      expect(new Set(constants.map(([[, property]]: [[string, Node]]) => property.const)).size, path).toBe(
        constants.length,
      );
      for (const [[, property]] of constants) {
        expect(property.default ?? property.const, path).toBe(property.const);
        for (const value of property.enum ?? []) expect(value, path).toBe(property.const);
      }
    }
  });

  test('S5: what is secret by its name or by nature is airbyte_secret', () => {
    for (const [path, node] of all) {
      const name = path.split('/').at(-1) as string;
      const isValue = ['string', 'integer', 'number'].includes(node.type) && node.const === undefined;
      if (SECRET_NAMES.has(name) || /key$|password|secret|token$/.test(name)) {
        expect(node.airbyte_secret === true, path).toBe(isValue);
      }
      if (node.airbyte_secret) expect(node.type, path).toBe('string');
    }
  });

  test('S6, S7, S8: types are single, objects have properties, arrays have items', () => {
    for (const [path, node] of all) {
      if (Array.isArray(node.type)) expect(node.type.slice(1), path).toEqual(['null']);
      if (node.type === 'object') expect(node.properties ?? node.oneOf, path).toBeDefined();
      if (node.type === 'array') expect(node.items, path).toBeDefined();
    }
  });

  test('S9: none of the keywords that the form cannot show', () => {
    const forbidden =
      'not anyOf patternProperties prefixItems allOf if then else dependentSchemas dependentRequired $ref'.split(' ');
    for (const [path, node] of all) for (const keyword of forbidden) expect(node, path).not.toHaveProperty([keyword]);
  });

  test('S10: date-like patterns carry a format and the other way round', () => {
    for (const [path, node] of all) {
      const dateLike = typeof node.pattern === 'string' && /\[0-9\]\{4\}-|\\d\{4\}-/.test(node.pattern);
      expect(['date', 'date-time'].includes(node.format), path).toBe(dateLike);
    }
  });

  test('S11, S12, S13: order is unique within a group, group is top level only, display_type on oneOf only', () => {
    for (const [path, node] of all) {
      if (node.properties !== undefined) {
        const orders = Object.values(node.properties as Record<string, Node>).map(
          (child) => `${child.group} ${child.order}`,
        );
        expect(new Set(orders).size, path).toBe(orders.length);
        for (const child of Object.values(node.properties as Record<string, Node>))
          expect(child.order, path).toBeTypeOf('number');
      }
      if (node.group !== undefined) expect(path.split('/'), path).toHaveLength(2);
      if (node.display_type !== undefined) expect(node.oneOf, path).toBeDefined();
    }
    const ids = form.groups.map((group: Node) => group.id);
    for (const child of Object.values(form.properties as Record<string, Node>)) expect(ids).toContain(child.group);
  });

  describe('advanced_auth', () => {
    const { advanced_auth: auth } = JSON.parse(readFileSync(join(ROOT, 'schemas/spec.json'), 'utf8'));
    const flow = auth.oauth_config_specification;
    /** The variant of a oneOf that OAuth fills in. */
    const variant = form.properties.livechat.properties.credentials.oneOf.find(
      (one: Node) => one.properties.auth_type.const === auth.predicate_value,
    );
    /** The setting at a path of the configuration, with OAuth. */
    const settingAt = ([section, credentials, name, ...more]: string[]): Node => {
      expect([section, credentials, more]).toEqual(['livechat', 'credentials', []]);
      return variant.properties[name as string];
    };

    test('S14: is OAuth 2.0, for a kind of credentials that there is', () => {
      expect(auth.auth_flow_type).toBe('oauth2.0');
      expect(settingAt(auth.predicate_key).const).toBe('oauth2.0');
      // The recommended kind comes first, and is what a form shows: OAuth needs an app of one's own.
      const kinds = form.properties.livechat.properties.credentials.oneOf;
      expect(kinds.map((one: Node) => one.properties.auth_type.const)).toEqual([
        'personal_access_token',
        'oauth2.0',
        'api_key',
      ]);
    });

    test('S14: every path that it writes to exists, is a secret, and together they are all that the kind needs', () => {
      const written = [
        flow.complete_oauth_output_specification,
        flow.complete_oauth_server_output_specification,
      ].flatMap((specification) => {
        expect(specification.required).toEqual(Object.keys(specification.properties));
        return Object.values(specification.properties as Record<string, Node>);
      });
      for (const { path_in_connector_config: path } of written) {
        expect(settingAt(path), path.join('.')).toMatchObject({ type: 'string', airbyte_secret: true });
      }
      const names = written.map(({ path_in_connector_config: path }) => path.at(-1));
      expect(new Set([...auth.predicate_key.slice(-1), ...names])).toEqual(new Set(variant.required));
      const input = flow.complete_oauth_server_input_specification;
      const output = flow.complete_oauth_server_output_specification;
      expect(Object.keys(input.properties)).toEqual(Object.keys(output.properties));
      expect(input.required).toEqual(output.required);
    });

    test('S14: asks the hosts that source-chat itself signs in at, with names that Airbyte fills in', () => {
      const { consent_url, access_token_url, access_token_params, access_token_headers, extract_output } =
        flow.oauth_connector_input_specification;
      expect(consent_url).toMatch(`${LIVECHAT_DEFAULTS.accounts_url}/?response_type=code&`);
      expect(access_token_url).toBe(`${LIVECHAT_DEFAULTS.accounts_url}/v2/token`);
      expect(access_token_headers).toEqual({ 'Content-Type': 'application/x-www-form-urlencoded' });
      expect(access_token_params.grant_type).toBe('authorization_code');
      const holders = JSON.stringify([consent_url, access_token_params]).match(/\{\{.*?\}\}/g) ?? [];
      expect(holders.length).toBeGreaterThan(5);
      for (const holder of holders) {
        expect(holder).toMatch(/^\{\{ (client_id|client_secret|redirect_uri|state|auth_code)_(key|value|param) \}\}$/);
      }
      const { properties } = flow.complete_oauth_output_specification;
      expect(extract_output).toEqual(Object.keys(properties));
      for (const [name, property] of Object.entries(properties as Record<string, Node>)) {
        expect(property.path_in_oauth_response).toEqual([name]);
      }
    });
  });

  test('S15: every configuration of the published form still fits', () => {
    expect(breakingConfigChanges(baseline, form)).toEqual([]);
  });

  test('S15: the comparison finds what would break', () => {
    const broken = structuredClone(form);
    broken.required.push('livechat');
    broken.properties.start_date.type = 'integer';
    broken.properties.livechat.properties.base_url.enum = ['https://api.livechatinc.com'];
    delete broken.properties.livechat.properties.calls_per_minute;
    expect(breakingConfigChanges(form, broken)).toHaveLength(4);
  });

  test('S16: unknown settings are allowed everywhere', () => {
    for (const [path, node] of all) expect(node.additionalProperties ?? true, path).toBe(true);
  });

  test('every visible setting has a title and a description in sentences', () => {
    for (const [path, node] of all) {
      if (path === '' || node.const !== undefined) continue;
      expect(node.title, path).toMatch(/^[A-Z]/);
      expect(node.description, path).toMatch(/\.$/);
    }
  });

  test.each([
    ['livechat', LIVECHAT_DEFAULTS],
    ['livetex', LIVETEX_DEFAULTS],
  ])('the defaults that the form shows for %s are those that are used', (vendor, defaults) => {
    const shown = Object.fromEntries(
      Object.entries(form.properties[vendor].properties as Record<string, Node>)
        .filter(([, node]) => node.default !== undefined)
        .map(([name, node]) => [name, node.default]),
    );
    expect(shown).toEqual(defaults);
  });
});
