import type { Clock } from '../core/clock.ts';
import { SyncError } from '../core/errors.ts';
import type { CallContext } from './client.ts';

/** Gives calls their Authorization header, for vendors whose credentials are exchanged for a token that expires. */
export interface Session {
  /** The header for a call that is about to be made; signs in first where that is needed. Throws what the sign-in throws. */
  authorization(call: CallContext): Promise<string>;
  /** The vendor refused this header: the next call signs in again, unless another one already has. */
  refused(authorization: string): void;
}

/** What a sign-in gives. */
export interface Token {
  /** The whole Authorization header. */
  readonly authorization: string;
  /** Our time (epoch ms) from which on it is not to be used any more. */
  readonly expiresAt: number;
}

/**
 * Makes a session out of one way to sign in. The token stays in memory; calls that need a new one at the same time share one
 * sign-in. One that failed for good is not repeated: vendors lock accounts after a few wrong passwords.
 */
export function createSession(signIn: (call: CallContext) => Promise<Token>, clock: Clock): Session {
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;
  let failure: SyncError | undefined;

  return {
    async authorization(call) {
      if (failure !== undefined) throw failure;
      if (token !== undefined && clock.now() < token.expiresAt) return token.authorization;
      pending ??= signIn(call).finally(() => {
        pending = undefined;
      });
      try {
        token = await pending;
      } catch (error) {
        if (error instanceof SyncError && error.kind === 'config') failure = error;
        throw error;
      }
      return token.authorization;
    },
    refused(authorization) {
      if (token?.authorization === authorization) token = undefined;
    },
  };
}
