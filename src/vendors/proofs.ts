import { aboutStream, SyncError } from '../core/errors.ts';

/** Tries each right and reports all that are missing at once; any other failure ends it, for the next would be the same. */
export async function proveAll(
  proofs: readonly (readonly [stream: string, prove: () => Promise<unknown>])[],
): Promise<void> {
  const missing: SyncError[] = [];
  for (const [stream, prove] of proofs) {
    try {
      await prove();
    } catch (error) {
      if (!(error instanceof SyncError) || error.status !== 403) throw error;
      missing.push(aboutStream(error, stream));
    }
  }
  if (missing.length > 0) {
    throw new SyncError('config', missing.map((error) => error.message).join(' '), { status: 403 });
  }
}
