import { foldedFields, isObject } from '../core/objects.ts';
import {
  CLOSING_NAMES,
  CONVERSATION,
  EMPLOYEE_NAMES,
  isNoTime,
  kindOf,
  livetexForm,
  RATING_NAMES,
} from '../inbox/livetex-form.ts';
import { type Recognition, UNKNOWN_KIND } from './recognition.ts';

/** Makes out a LiveTex webhook. An event that does not name its kind tells it by what it brings. */
export function recogniseLivetex(content: unknown): Recognition {
  if (!isObject(content)) return { kind: UNKNOWN_KIND, subject: null, isForeseen: false };
  const { subject, word } = livetexForm(content);
  const kind = word === null ? kindByContent(content) : kindOf(word);
  return { kind: kind ?? word ?? UNKNOWN_KIND, subject, isForeseen: kind !== undefined && subject !== null };
}

function kindByContent(content: Record<string, unknown>): string | undefined {
  const fields = foldedFields(content);
  const conversation = fields.get(CONVERSATION);
  const inside = isObject(conversation) ? foldedFields(conversation) : new Map<string, unknown>();
  const has = (names: readonly string[], isNothing: (value: unknown) => boolean) =>
    names.some((name) => !isNothing(inside.get(name)) || !isNothing(fields.get(name)));
  if (has(RATING_NAMES, isEmpty)) return 'rated';
  if (has(CLOSING_NAMES, isNoTime)) return 'closed';
  return has(EMPLOYEE_NAMES, isEmpty) ? 'assigned' : undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
