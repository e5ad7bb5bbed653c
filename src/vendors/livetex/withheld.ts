import type { Row } from '../../core/stream.ts';

/**
 * Notices that LiveTex leaves a property out which only some logins may read (livetex-api §3.5): the column is null then, and
 * the user is told once.
 */
export interface Withheld {
  see(item: Row): void;
  /** What to tell the user; undefined when every row had it. */
  note(): string | undefined;
}

export function createWithheld(noun: string, property: string): Withheld {
  let rows = 0;
  let without = 0;
  return {
    see(item) {
      rows += 1;
      if (item[property] === undefined) without += 1;
    },
    note() {
      if (without === 0) return undefined;
      const which = without === rows ? `the ${noun}` : `${without} of ${rows} ${noun}`;
      return `LiveTex sent no "${property}" with ${which}: the column is empty there. The login may not be allowed to read it; an administrator's login is.`;
    },
  };
}
