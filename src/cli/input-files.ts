import { readFileSync } from 'node:fs';
import { SyncError } from '../core/errors.ts';

/**
 * Reads a JSON file that the user named. `what` is what it is to be: `configuration`, `catalog`. The name may end in
 * anything: PyAirbyte's catalogs are .txt. Throws a configuration error that says what is wrong and where.
 */
export function readJsonFile(path: string, what: string): unknown {
  const text = readTextFile(path, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(path, what, text, error);
  }
}

/**
 * Reads a file of one JSON value, or of JSON lines: the saved output of a run is a good state. Returns the values in
 * order. Throws like {@link readJsonFile}.
 */
export function readJsonValues(path: string, what: string): unknown[] {
  const text = readTextFile(path, what);
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw notJson(path, what, text, error);
    try {
      return lines.map((line) => JSON.parse(line));
    } catch {
      // Neither: the error about the whole is the one that helps.
      throw notJson(path, what, text, error);
    }
  }
}

/** Reads a text file that the user named. Throws like {@link readJsonFile}. */
export function readTextFile(path: string, what: string): string {
  if (path.trim() === '' || path.trim().startsWith('{')) {
    // Not quoted: a configuration on the command line has secrets in it.
    throw new SyncError('config', `The ${what} has to be in a file, and the option takes its name.`);
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const reason = REASONS[code] ?? `it cannot be read (${code})`;
    throw new SyncError('config', `The ${what} file ${path} cannot be used: ${reason}.`, { cause: error });
  }
  if (text.trim() === '') throw new SyncError('config', `The ${what} file ${path} is empty.`);
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'this user may not read it',
};

/** Says where the JSON breaks, without quoting the file: a configuration holds secrets. */
function notJson(path: string, what: string, text: string, cause: unknown): SyncError {
  const reason = cause instanceof Error ? cause.message : '';
  const position = /position (\d+)/.exec(reason)?.[1];
  let where = /end of JSON/.test(reason) ? ' (it ends too early)' : '';
  if (position !== undefined) {
    const before = text.slice(0, Number(position)).split('\n');
    where = ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
  }
  if (/[\0\ufffd]/.test(text)) where = ' (it is not UTF-8 text)';
  return new SyncError('config', `The ${what} file ${path} is not valid JSON${where}.`);
}
