import { foldedFields, foldName, isObject } from '../core/objects.ts';
import { plainWord } from './stored-word.ts';

/**
 * The outer form of LiveTex's webhooks, as far as it is known (livetex-api §5): a conversation, and beside it or in it who took
 * part and how it was rated. The receiver goes by it to say what an event is about, the reader to read it: names that only
 * one of them knew would get lost between the two. Names are folded (core/objects.ts).
 */
export const CONVERSATION = 'conversation';
/** Where an event may name its kind, in this order; most do not. */
const KIND_NAMES: readonly string[] = ['eventtype', 'event', 'type', 'action'];
export const CREATION_NAMES: readonly string[] = ['creationtime', 'createdat', 'createtime'];
export const CLOSING_NAMES: readonly string[] = ['closedtime', 'closedat', 'closetime'];
export const RATING_NAMES: readonly string[] = ['rating', 'vote', 'visitorvote', 'rate'];
export const EMPLOYEE_NAMES: readonly string[] = ['employee', 'employees'];
const ID_NAMES: readonly string[] = ['id', 'conversationid'];

/** What an event is about, and where it says so. */
export interface LivetexForm {
  /** The id of the conversation; null where none is to be found. */
  readonly subject: string | null;
  /** What LiveTex calls the event, and the name (as it was sent) under which it does so. */
  readonly word: string | null;
  readonly wordAt: string | undefined;
}

/** Reads the outer form of an event. A word for a kind that is known goes before any other. */
export function livetexForm(content: Readonly<Record<string, unknown>>): LivetexForm {
  const fields = foldedFields(content);
  const conversation = fields.get(CONVERSATION);
  const inside = isObject(conversation) ? foldedFields(conversation) : undefined;
  const candidates = [...ID_NAMES.map((name) => inside?.get(name)), fields.get('conversationid'), conversation];
  const words = KIND_NAMES.flatMap((name) => {
    const word = plainWord(fields.get(name));
    return word === null ? [] : [{ name, word }];
  });
  const said = words.find(({ word }) => kindOf(word) !== undefined) ?? words[0];
  return {
    subject: candidates.map(plainWord).find((id) => id !== null) ?? null,
    word: said?.word ?? null,
    wordAt:
      said &&
      Object.keys(content).find((name) => foldName(name) === said.name && plainWord(content[name]) === said.word),
  };
}

/** True for the id of a conversation: `name` is folded, inside of the conversation or beside it. */
export function isConversationId(name: string, inside: boolean): boolean {
  return inside ? ID_NAMES.includes(name) : name === 'conversationid';
}

/** The kinds that can be chosen in LiveTex's cabinet (livetex-api §5.1), by the words in which they may be named. */
const KINDS: readonly (readonly [kind: string, word: RegExp])[] = [
  ['closed', /clos/i],
  ['assigned', /assign/i],
  ['rated', /(?<![a-z])rat(?:e|ing)|vote/i],
];

/** The kind that a word of LiveTex's names; undefined for another. */
export function kindOf(word: string): string | undefined {
  return KINDS.find(([, pattern]) => pattern.test(word))?.[0];
}

/** True where there is no time: also for what programs write in its place, 0 and the year 1. */
export function isNoTime(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (typeof value === 'string') return Number(value) === 0 || value.startsWith('0001-01-01');
  return value === 0;
}
