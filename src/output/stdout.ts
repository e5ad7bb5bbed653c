import type { Writable } from 'node:stream';
import { OutputClosedError } from '../core/errors.ts';
import { cleanJson } from './wire-text.ts';

/**
 * Characters that are gathered before they are written: a pipe on Linux holds 64 KiB, and larger batches gained nothing
 * (performance: "one reused output buffer of 64–256 KiB").
 */
const BATCH_CHARS = 64 * 1024;

/** The one owner of standard output. Lines go out whole and in order, in batches, at the pace of the reader. */
export interface LineWriter {
  /** Adds one line, given without its newline. Throws OutputClosedError once nobody can read any more. */
  write(line: string): void;
  /** Undefined while a batch has room; otherwise resolves when the reader has taken all that is waiting. */
  room(): Promise<void> | undefined;
  /** Resolves when everything written so far was handed to the system. */
  flush(): Promise<void>;
  /** From now on lines are ignored: the run is being ended from outside. */
  seal(): void;
}

/**
 * Makes a writer for `stream` (process.stdout). Nothing is lost between here and the pipe: `flush` before the process
 * ends. A line is held back for at most one turn of the event loop, so a page of rows is one write.
 *
 * `onClosed` hears of it as soon as a write has failed: that nobody reads any more shows only then.
 *
 * Writing is asynchronous: with a blocking write a full pipe would keep SIGTERM from being handled (airbyte §1.10).
 */
export function createLineWriter(
  stream: Writable,
  onClosed: (error: OutputClosedError) => void = () => {},
): LineWriter {
  let batch = '';
  let sealed = false;
  let scheduled = false;
  let closed: OutputClosedError | undefined;
  let writing: Promise<void> | undefined;
  // One write is under way at a time, so one buffer is enough for all of them.
  const buffer = Buffer.allocUnsafeSlow(BATCH_CHARS * 2);

  const onError = (error: NodeJS.ErrnoException) => {
    if (closed !== undefined) return;
    closed = new OutputClosedError(error.code ?? 'unknown', error);
    onClosed(closed);
  };
  stream.on('error', onError);

  const send = async () => {
    while (batch !== '' && closed === undefined) {
      const text = cleanJson(batch);
      batch = '';
      const bytes = encode(text);
      await new Promise<void>((resolve) => {
        stream.write(bytes, (error) => {
          if (error) onError(error);
          resolve();
        });
      });
    }
    writing = undefined;
  };

  const encode = (text: string): Buffer => {
    const needed = text.length * 3;
    // Big lines are rare: they get a buffer of their own instead of making ours big for good.
    if (needed > buffer.length && Buffer.byteLength(text) > buffer.length) return Buffer.from(text);
    return buffer.subarray(0, buffer.write(text));
  };

  const start = () => {
    if (batch !== '' && closed === undefined) writing ??= send();
  };

  return {
    write(line) {
      if (sealed) return;
      if (closed !== undefined) throw closed;
      batch += `${line}\n`;
      if (batch.length >= BATCH_CHARS) start();
      else if (!scheduled) {
        scheduled = true;
        setImmediate(() => {
          scheduled = false;
          start();
        });
      }
    },
    room() {
      return batch.length >= BATCH_CHARS ? writing : undefined;
    },
    async flush() {
      start();
      await writing;
      if (closed !== undefined) throw closed;
    },
    seal() {
      sealed = true;
    },
  };
}
