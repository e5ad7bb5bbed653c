import type { Row } from '../../core/stream.ts';

/**
 * Notices that LiveTex leaves out what only some logins may read (livetex-api §3.5): the column is null then, and the user is
 * told once.
 */
export interface Withheld {
  see(row: Row): void;
  /** What to tell the user; undefined when nothing seems to be missing. */
  note(): string | undefined;
}

export function createWithheld(noun: string, column: 'messages' | 'text'): Withheld {
  let rows = 0;
  let without = 0;
  return {
    see(row) {
      rows += 1;
      if (row[column] === null) without += 1;
    },
    note() {
      // Many a lead has no text of its own; a chat has messages, or an empty list of them.
      if (without === 0 || (column === 'text' && without < rows)) return undefined;
      const which = without === rows ? `the ${noun}` : `${without} of ${rows} ${noun}`;
      return `LiveTex sent no "${column}" with ${which}: the column is empty there. The login may not be allowed to read it; an administrator's login is.`;
    },
  };
}
