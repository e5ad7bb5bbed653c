import type { Writable } from 'node:stream';

/** Where people look: log lines and progress. It never makes a run fail. */
export interface ErrorWriter {
  /** Prints one line. Where a progress line is on the screen, the line goes above it. */
  line(text: string): void;
  /** Replaces the progress line at the bottom of a terminal; an empty text takes it away. */
  progress(text: string): void;
  readonly isTerminal: boolean;
}

const ERASE_LINE = '\r\u001b[2K';

/**
 * Makes a writer for `stream` (process.stderr). A full disk or a closed pipe under the log is no reason to lose a sync:
 * errors are ignored, for there is nobody left to tell.
 */
export function createErrorWriter(stream: Writable & { isTTY?: boolean; columns?: number }): ErrorWriter {
  let shown = '';
  let broken = false;
  stream.on('error', () => {
    broken = true;
  });
  const write = (text: string) => {
    if (!broken && text !== '') stream.write(text);
  };
  return {
    isTerminal: stream.isTTY === true,
    line(text) {
      write(shown === '' ? `${text}\n` : `${ERASE_LINE}${text}\n${shown}`);
    },
    progress(text) {
      const fitting = text.slice(0, Math.max((stream.columns ?? 80) - 1, 1));
      if (fitting === shown) return;
      write(shown === '' ? fitting : `${ERASE_LINE}${fitting}`);
      shown = fitting;
    },
  };
}
