/** What the receiver makes out about an event. The rest is for whoever reads it: an event is kept before it is understood. */
export interface Recognition {
  /** What happened: a word of ours for what is known, the vendor's own for the rest, `unknown` where there is none. */
  readonly kind: string;
  /** To what: the id of a LiveTex conversation; null where it cannot be told, or where events do not belong together. */
  readonly subject: string | null;
  /** Whether the reference describes such an event. */
  readonly isForeseen: boolean;
}

export const UNKNOWN_KIND = 'unknown';
