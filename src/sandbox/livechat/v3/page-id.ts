/** Where a list goes on, and what it was asked for: all that a page_id has in it (livechat-api §3.5). */
export interface PageId<Asked> {
  /** The last row of the page before: its time in microseconds, and its number. */
  readonly after: { readonly micros: number; readonly number: number };
  readonly asked: Asked;
  /** When it was given out, in epoch ms. */
  readonly issuedAt: number;
  /** The list it belongs to. */
  readonly list: string;
}

/** Nobody but the sandbox reads it. */
export function writePageId<Asked>(page: PageId<Asked>): string {
  return Buffer.from(JSON.stringify(page)).toString('base64');
}

/** Reads one of `list`; undefined when it is none, or was given out before `oldest` (epoch ms). */
export function readPageId<Asked>(text: unknown, list: string, oldest: number): PageId<Asked> | undefined {
  if (typeof text !== 'string' || !/^[\w+/]+=*$/.test(text)) return undefined;
  let page: PageId<Asked>;
  try {
    page = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    // Not one of ours: the caller is told so.
    return undefined;
  }
  return page.list === list && page.issuedAt >= oldest ? page : undefined;
}
