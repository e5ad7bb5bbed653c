import { foldName, isObject } from '../../core/objects.ts';

/** Whoever has the address or the token of an attachment can read it: they have no business in a warehouse (livechat-api §4.2). */
const SECRETS = ['token', 'url'];
const ATTACHMENTS = ['attachment', 'attachments'];

/** Takes what opens attachments out of an event, in place, wherever in it they are. */
export function withoutAttachmentSecrets(value: unknown, isInAttachment = false): void {
  if (Array.isArray(value)) {
    for (const inner of value as unknown[]) withoutAttachmentSecrets(inner, isInAttachment);
    return;
  }
  if (!isObject(value)) return;
  // Every value of every event comes by here: names are looked at only where it matters.
  for (const name in value) {
    if (isInAttachment && SECRETS.includes(foldName(name))) {
      delete value[name];
      continue;
    }
    const inner = value[name];
    if (typeof inner !== 'object' || inner === null) continue;
    withoutAttachmentSecrets(inner, isInAttachment || ATTACHMENTS.includes(foldName(name)));
  }
}
