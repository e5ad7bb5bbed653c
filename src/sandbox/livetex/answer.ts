/** What LiveTex answers. */
export interface LivetexAnswer {
  readonly status: number;
  readonly body: unknown;
  /** What happens at the vendor once the answer is out. */
  readonly afterwards?: () => void;
}

/** An error as API v2 worded them: a code, a message, and marks at the parameters that are wrong (livetex-api §3.4). */
export function refusal(status: number, message: string, invalid?: Readonly<Record<string, string>>): LivetexAnswer {
  return { status, body: { code: status, message, ...(invalid === undefined ? {} : { invalid }) } };
}
