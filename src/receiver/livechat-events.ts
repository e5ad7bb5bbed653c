import { foldedFields, isObject } from '../core/objects.ts';
import { plainWord } from '../inbox/stored-word.ts';
import { type Recognition, UNKNOWN_KIND } from './recognition.ts';

/** Folded name of the field in which each API names what happened (livechat-api §5). v3's `action` comes with a `payload`. */
const KIND_NAMES = ['action', 'eventtype'];

/** What was subscribed to or can be, in the vendors' words: REST v2, v3, HelpDesk. */
const FORESEEN =
  /^(?:chat_started|chat_ended|chat_changed|visitor_queued|ticket_created|incoming_chat|chat_deactivated|tickets\.(?:create|update|statusChange|events\.(?:status|priority|assignment|message|tags|followers)))$/;

/** Makes out a webhook of LiveChat or HelpDesk. */
export function recogniseLivechat(content: unknown): Recognition {
  if (!isObject(content)) return { kind: UNKNOWN_KIND, subject: null, isForeseen: false };
  const fields = foldedFields(content);
  const kind = KIND_NAMES.map((name) => plainWord(fields.get(name))).find((name) => name !== null);
  return { kind: kind ?? UNKNOWN_KIND, subject: null, isForeseen: kind !== undefined && FORESEEN.test(kind) };
}
