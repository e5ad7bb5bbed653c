import { SyncError } from '../core/errors.ts';
import { isObject } from '../core/objects.ts';
import { loadSchemaFile } from '../core/schema.ts';
import { isTimeZone } from '../core/time-zone.ts';
import { parseInstant } from '../core/timestamps.ts';
import type { Config } from '../generated/config.ts';
import { validate } from '../generated/validate-config.ts';
import { addressProblem } from '../http/address.ts';
import {
  describeViolations,
  type FormSchema,
  quoteValue,
  secretValues,
  unknownSettings,
  type Violation,
} from './config-problems.ts';

/** A configuration that can be worked with. */
export interface CheckedConfig {
  readonly config: Config;
  /** start_date in epoch ms. */
  readonly startDate: number;
  /** What is odd but no reason to stop. */
  readonly warnings: string[];
}

/** The connection form: the same schema for Airbyte and Singer. */
export function loadForm(): FormSchema {
  return (loadSchemaFile('spec') as { connectionSpecification: FormSchema }).connectionSpecification;
}

/** The secrets in a configuration, to be masked from now on: also in one that turns out to be invalid. */
export function secretsOf(raw: unknown): string[] {
  const inbox = isObject(raw) ? raw['inbox'] : undefined;
  return [...secretValues(loadForm(), raw), ...passwordsIn(isObject(inbox) ? inbox['url'] : undefined)];
}

/** The password in the address of a database: messages may show it without the rest. */
function passwordsIn(address: unknown): string[] {
  if (typeof address !== 'string') return [];
  const url = URL.parse(address.trim());
  const known = url === null ? [] : [decoded(url.password), url.searchParams.get('password') ?? ''];
  // One that is not written as in URLs is cut at its special characters, and a part of it taken for the host.
  const [, behindUser = ''] = /^[^:]*:\/\/[^:]*:(.*)@/.exec(address) ?? [];
  return [...known, behindUser, ...behindUser.split(/[@/:?#]/)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Checks a configuration against the form, and that it names a vendor, which the form cannot demand: Airbyte has no anyOf.
 * Settings that are null count as absent, and texts are trimmed, as Airbyte's form does. Throws one configuration error
 * that lists every problem with its path.
 */
export function checkConfig(raw: unknown, env: NodeJS.ProcessEnv): CheckedConfig {
  const form = loadForm();
  const { config, leftOut } = withoutEmptySections(tidy(raw));
  const problems: string[] = [];
  if (!validate(config)) {
    const found = describeViolations((validate as { errors?: Violation[] }).errors ?? [], form, config);
    // What nobody found words for is a violation all the same.
    problems.push(...(found.length > 0 ? found : ['something in it does not fit the connection form']));
  }
  const {
    start_date: startText,
    livechat,
    livetex,
    inbox,
    webhooks,
  } = (isObject(config) ? config : {}) as Partial<Config>;
  const startDate = parseInstant(startText);
  if (typeof startText === 'string' && typeof startDate !== 'number' && !mentions(problems, 'start_date')) {
    problems.push(`start_date is not a date that exists: ${quoteValue(startText)}`);
  }
  if (isObject(config) && livechat === undefined && livetex === undefined && inbox === undefined) {
    problems.push(
      webhooks === undefined
        ? 'livechat and livetex are missing: fill in the vendor whose data you want'
        : 'inbox is missing: it says where webhooks are kept, for example {"type": "sqlite", "path": "/var/lib/source-chat/inbox.sqlite"}',
    );
  }
  if (inbox?.type === 'sqlite' && typeof inbox.path === 'string' && inbox.path.startsWith('~')) {
    problems.push('inbox.path begins with ~, which only a shell understands: write the whole path');
  }
  if (inbox?.type === 'postgres' && typeof inbox.url === 'string' && !isPlainAddress(inbox.url)) {
    problems.push(
      'inbox.url is not an address: special characters in the password have to be written as in URLs (%40 for @)',
    );
  }
  for (const [setting, address] of [
    ['livechat.base_url', livechat?.base_url],
    ['livechat.helpdesk_url', livechat?.helpdesk_url],
    ['livechat.accounts_url', livechat?.accounts_url],
    ['livetex.base_url', livetex?.base_url],
  ] as const) {
    if (typeof address !== 'string') continue;
    const problem = addressProblem(address, env['DEPLOYMENT_MODE'] !== 'CLOUD');
    if (problem !== undefined) problems.push(`${setting} ${problem}`);
  }
  const credentials = livechat?.credentials;
  // Beside another kind of credentials it has no effect: then it is only pointed out as unknown.
  const isToken = isObject(credentials) && credentials.auth_type === 'personal_access_token';
  if (isToken && typeof credentials.account_id === 'string' && credentials.account_id.includes('@')) {
    problems.push(
      'livechat.credentials.account_id is an e-mail address: it has to be the id that the Developer Console shows beside the token',
    );
  }
  const zone = livetex?.time_zone;
  if (typeof zone === 'string' && !isTimeZone(zone)) {
    problems.push(
      `livetex.time_zone is not a time zone: ${quoteValue(zone)}. Write its name in the IANA list, such as Europe/Moscow`,
    );
  }
  const unknown = unknownSettings(form, config).map(
    (path) =>
      `The setting ${path} is not known to this release and has no effect. Is it misspelt, or in the wrong place?`,
  );
  if (problems.length > 0 || typeof startDate !== 'number') throw invalid([...problems, ...unknown]);

  const isLater = startDate > Date.now();
  const late = isLater ? ['start_date is in the future: nothing will be loaded before then.'] : [];
  return { config: config as Config, startDate, warnings: [...leftOut, ...unknown, ...late] };
}

/** False where a password has characters that end it too early. */
function isPlainAddress(text: string): boolean {
  return URL.parse(text) !== null && text.split('@').length <= 2 && !text.includes('#');
}

function invalid(problems: readonly string[]): SyncError {
  const list = problems.length === 1 ? `${problems[0]}.` : problems.map((problem) => `\n- ${problem}`).join('');
  return new SyncError('config', `The configuration is not valid: ${list}`);
}

function mentions(problems: readonly string[], name: string): boolean {
  return problems.some((problem) => problem.startsWith(name));
}

/** What a section has at least when somebody has filled it in. */
const ESSENTIALS = {
  livechat: {
    names: ['login', 'api_key', 'account_id', 'token', 'client_id', 'client_secret', 'refresh_token'],
    lack: 'no login',
  },
  livetex: { names: ['login', 'password'], lack: 'no login' },
  inbox: { names: ['path', 'url'], lack: 'no path or url' },
} as const;

type Section = keyof typeof ESSENTIALS;

/**
 * Takes out the sections that nobody filled in, beside one that somebody did: forms and plugin definitions send their defaults
 * and empty texts for all of them. The receiver's secrets, too, may be sent empty.
 */
function withoutEmptySections(config: unknown): { config: unknown; leftOut: string[] } {
  if (!isObject(config)) return { config, leftOut: [] };
  const contentOf = (section: Section) => {
    const content = config[section];
    return section === 'livechat' && isObject(content) ? content['credentials'] : content;
  };
  const given = (Object.keys(ESSENTIALS) as Section[]).filter((section) => config[section] !== undefined);
  const empty = given.filter((section) => {
    const content = contentOf(section);
    return isObject(content) && isBlank(content, ESSENTIALS[section].names);
  });
  const taken = empty.length === given.length ? [] : empty;
  const rest = Object.entries(config).filter(([name]) => !taken.includes(name as Section));
  const leftOut = taken.map((section) => `The section ${section} has ${ESSENTIALS[section].lack}: it is left out.`);
  const { webhooks } = config;
  if (isObject(webhooks)) rest.push(['webhooks', withoutEmptyTexts(webhooks)]);
  return { config: Object.fromEntries(rest), leftOut };
}

function withoutEmptyTexts(section: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== ''));
}

function isBlank(section: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => section[name] === undefined || section[name] === '');
}

function tidy(value: unknown): unknown {
  if (typeof value === 'string') return value.trim();
  if (!isObject(value)) return value;
  const settings = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(settings.map(([name, inner]) => [name, tidy(inner)]));
}
