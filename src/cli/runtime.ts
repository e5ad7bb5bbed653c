import { type Clock, createSystemClock } from '../core/clock.ts';
import { OutputClosedError } from '../core/errors.ts';
import { createRedactor, type Redact } from '../http/redaction.ts';
import { createErrorWriter, type ErrorWriter } from '../output/stderr.ts';
import { createLineWriter, type LineWriter } from '../output/stdout.ts';

/** What a command needs of the process it runs in. */
export interface Runtime {
  readonly out: LineWriter;
  readonly err: ErrorWriter;
  readonly clock: Clock;
  /** Aborted when the process is asked to end, and when its output cannot be written any more. */
  readonly signal: AbortSignal;
  /** Takes the secrets known so far out of a text. */
  readonly mask: Redact;
  /** From now on these are masked too. */
  addSecrets(secrets: readonly string[]): void;
  /** For servers: a signal does not end the process, it starts this, and the command ends by itself when it has done its work. */
  endWith(task: () => Promise<void>): void;
}

/** Exit codes beyond 0 (all well) and 1 (something failed). */
export const EXIT_USAGE = 2;
/** What a shell reports for a program that died of writing to a closed pipe: 128 + SIGPIPE. */
const EXIT_CLOSED_PIPE = 141;

/** How long a reader may take for the last batch when we are told to end: half of what the platforms grant. */
const LAST_FLUSH_MS = 1000;
/** Something that still keeps the process alive this long after its work is done is not worth waiting for. */
const LINGER_MS = 3000;

/**
 * Runs a command and lets the process end with its exit code, after everything written has reached the reader. Never
 * calls process.exit with output pending: a pipe holds 64 KiB, and the rest would be lost (airbyte §1.10).
 *
 * `onCrash` tells the user, in the face's words, of an error that the command did not handle.
 */
export async function runCommand(
  command: (runtime: Runtime) => Promise<number>,
  onCrash: (error: unknown, runtime: Runtime) => void,
): Promise<void> {
  const controller = new AbortController();
  let redact: Redact = (text) => text;
  const secrets: string[] = [];
  let ending: (() => Promise<void>) | undefined;
  const runtime: Runtime = {
    // Waiting for quota or for an answer that nobody will read would only cost money.
    out: createLineWriter(process.stdout, (closed) => controller.abort(closed)),
    err: createErrorWriter(process.stderr),
    clock: createSystemClock(),
    signal: controller.signal,
    mask: (text) => redact(text),
    addSecrets(more) {
      secrets.push(...more);
      redact = createRedactor(secrets);
    },
    endWith(task) {
      ending = task;
    },
  };
  const isEnded = endOnSignals(runtime, controller, () => ending);

  const crash = async (error: unknown): Promise<number> => {
    if (isEnded()) return 1;
    if (error instanceof OutputClosedError) return sayClosed(error, runtime);
    try {
      onCrash(error, runtime);
      await runtime.out.flush();
    } catch (closed) {
      if (closed instanceof OutputClosedError) return sayClosed(closed, runtime);
      throw closed;
    }
    return 1;
  };
  process.on('uncaughtException', (error) => {
    crash(error).then((code) => process.exit(code));
  });

  let code: number;
  try {
    code = await command(runtime);
    await runtime.out.flush();
  } catch (error) {
    code = await crash(error);
  }
  // The signal handler ends the process itself.
  if (isEnded()) return;
  process.exitCode = code;
  setTimeout(() => process.exit(code), LINGER_MS).unref();
}

/** A reader that has enough (`| head -1`) is no event; a full disk is. */
function sayClosed(error: OutputClosedError, { err }: Runtime): number {
  if (error.code === 'EPIPE') return EXIT_CLOSED_PIPE;
  err.line(`Cannot write the output (${error.code}). The sync is not complete.`);
  return 1;
}

/**
 * On SIGTERM and SIGINT: stop calling, start nothing new, give the reader the batch that is under way, and die of the
 * same signal, so that who sent it sees -15 (PyAirbyte) or 143 (shells, the platform). As process 1 of a container a
 * signal cannot kill us, so the exit code says it instead. Returns whether that has begun.
 *
 * A server has an ending of its own, which the first signal starts; the second one ends it like anything else.
 */
function endOnSignals(
  { out, clock }: Runtime,
  controller: AbortController,
  endingOf: () => (() => Promise<void>) | undefined,
): () => boolean {
  let ended = false;
  let isEnding = false;
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGINT', 2],
  ] as const) {
    process.on(signal, async () => {
      const ending = endingOf();
      if (ending !== undefined && !isEnding) {
        isEnding = true;
        await ending();
        return;
      }
      if (ended) return;
      ended = true;
      out.seal();
      controller.abort(new Error(`ended by ${signal}`));
      // Whether the reader takes it or is gone makes no difference any more.
      await Promise.race([out.flush().catch(() => {}), clock.sleep(LAST_FLUSH_MS)]);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
      setTimeout(() => process.exit(128 + number), 100);
    });
  }
  return () => ended;
}
