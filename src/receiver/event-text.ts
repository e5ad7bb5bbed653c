import { isUtf8 } from 'node:buffer';
import { parseExact, parseForRewriting } from '../core/exact-json.ts';
import { foldName, isObject } from '../core/objects.ts';
import { Refusal } from './refusal.ts';

/** Deeper JSON is no webhook: the deepest known has eight levels. What reads it later may call itself once a level. */
const MAX_DEPTH = 64;
/** Values in one body: parsed, each takes a hundred times the memory of the two characters that it may be. */
const MAX_VALUES = 300_000;

/**
 * What vendors put into the body to prove that it is theirs: `token` (LiveChat REST v2), `secret_key` (LiveChat v3),
 * `webhook_key` (LiveTex's Messaging API). Folded names.
 */
const CREDENTIALS = ['token', 'secretkey', 'webhookkey'];

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

export interface ReceivedEvent {
  /** The event, an object or a list, as it was sent. */
  readonly content: unknown;
  /** The same as JSON text, but for the credentials: the very text that was sent where there were none. */
  readonly text: string;
  /** The credentials that came with it, by folded name; the elements of a list may bring several of one name. */
  readonly credentials: readonly (readonly [name: string, value: unknown])[];
}

/** Reads the body of a webhook. Throws a Refusal for what is no JSON object or list in UTF-8, or nested too deep. */
export function readEvent(bytes: Buffer): ReceivedEvent {
  if (!isUtf8(bytes)) throw new Refusal(400, 'The body is not UTF-8 text.');
  const text = bytes.toString('utf8').trim();
  if (text === '') throw new Refusal(400, 'The body is empty.');
  refuseHuge(bytes);
  const content = parse(text, parseExact);
  if (typeof content !== 'object' || content === null) {
    throw new Refusal(400, 'The body has to be a JSON object.');
  }
  const credentials = credentialsIn(content);
  if (credentials.length === 0) return { content, text, credentials };
  const rewritten = parse(text, parseForRewriting);
  for (const object of objectsOf(rewritten)) {
    for (const name of Object.keys(object)) if (isCredential(name)) delete object[name];
  }
  return { content, text: JSON.stringify(rewritten), credentials };
}

function parse(text: string, parser: (text: string) => unknown): unknown {
  try {
    return parser(text);
  } catch {
    throw new Refusal(400, 'The body is not valid JSON.');
  }
}

function credentialsIn(content: unknown): [string, unknown][] {
  return objectsOf(content).flatMap((object) => {
    const names = Object.keys(object).filter(isCredential);
    return names.map((name): [string, unknown] => [foldName(name), object[name]]);
  });
}

/** Where a webhook may have its credentials: in itself, or in each of several that come as a list. */
function objectsOf(content: unknown): Record<string, unknown>[] {
  return (Array.isArray(content) ? (content as unknown[]) : [content]).filter(isObject);
}

function isCredential(name: string): boolean {
  // Most names are settled by their length.
  return name.length >= 5 && name.length <= 12 && CREDENTIALS.includes(foldName(name));
}

/** Counts levels and values outside of texts, before anything is parsed. Throws a Refusal for too many. */
function refuseHuge(json: Buffer): void {
  let depth = 0;
  let values = 1;
  let inText = false;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] as number;
    if (inText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) throw new Refusal(400, `The body has more than ${MAX_DEPTH} levels.`);
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === COMMA) values += 1;
  }
  if (values > MAX_VALUES) throw new Refusal(400, `The body has more than ${MAX_VALUES} values.`);
}
