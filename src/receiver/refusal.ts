/** Why a request is not answered with 200: a status, and words for the person who reads the vendor's log. */
export class Refusal extends Error {
  readonly status: number;
  /** Seconds after which it is worth another try; undefined when it never is. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
