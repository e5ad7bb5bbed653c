import { foldedFields, isObject } from '../core/objects.ts';
import { objectAt, plainWord, type Recognition, UNKNOWN_KIND } from './recognition.ts';

/** Where an event may name its kind; most do not. */
const KIND_NAMES = ['eventtype', 'event', 'type', 'action'];

/** The events that can be chosen in LiveTex's cabinet (livetex-api §5.1), by the words in which they may be named. */
const KINDS: readonly (readonly [kind: string, word: RegExp])[] = [
  ['closed', /clos/i],
  ['assigned', /assign/i],
  ['rated', /rat(?:e|ing)|vote/i],
];

/**
 * Makes out a LiveTex webhook. Only the outer form is known (livetex-api §5): a conversation, whose id may stand in it or
 * beside it, in any spelling. An event that does not name its kind tells it by what it brings.
 */
export function recogniseLivetex(content: unknown): Recognition {
  if (!isObject(content)) return { kind: UNKNOWN_KIND, subject: null, isForeseen: false };
  const fields = foldedFields(content);
  const conversation = objectAt(fields, 'conversation');
  const subject =
    plainWord(conversation?.get('id')) ??
    plainWord(conversation?.get('conversationid')) ??
    plainWord(fields.get('conversationid')) ??
    plainWord(fields.get('conversation'));
  const word = KIND_NAMES.map((name) => plainWord(fields.get(name))).find((name) => name !== null) ?? null;
  const kind =
    word === null ? kindByContent(fields, conversation) : KINDS.find(([, pattern]) => pattern.test(word))?.[0];
  return { kind: kind ?? word ?? UNKNOWN_KIND, subject, isForeseen: kind !== undefined && subject !== null };
}

function kindByContent(
  fields: ReadonlyMap<string, unknown>,
  conversation: ReadonlyMap<string, unknown> | undefined,
): string | undefined {
  const has = (...names: string[]) =>
    names.some((name) => isGiven(conversation?.get(name)) || isGiven(fields.get(name)));
  if (has('rating', 'vote', 'visitorvote', 'rate')) return 'rated';
  if (has('closedtime', 'closedat', 'closetime')) return 'closed';
  return has('employee', 'employees') ? 'assigned' : undefined;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}
