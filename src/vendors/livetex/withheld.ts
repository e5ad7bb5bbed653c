import type { Row } from '../../core/stream.ts';

/**
 * Notices that LiveTex leaves out what only some logins may read (livetex-api §3.5): the columns are null then, and the user is
 * told once. A property that is there and null says that there is nothing: many a lead has no text.
 */
export interface Withheld {
  see(item: Row): void;
  /** What to tell the user; undefined when nothing seems to be missing. */
  note(): string | undefined;
}

export function createWithheld(noun: string, properties: readonly string[]): Withheld {
  let items = 0;
  let without = 0;
  return {
    see(item) {
      items += 1;
      const lacks = properties.every((name) => item[name] === undefined);
      // As long as it is counted, there is something to be shown.
      if (
        lacks ||
        (properties.includes('messages') && item['messages'] === null && Number(item['message_count']) > 0)
      ) {
        without += 1;
      }
    },
    note() {
      if (without === 0) return undefined;
      const names = properties.map((name) => `"${name}"`).join(' and ');
      return `LiveTex sent no ${names} with ${without === items ? 'the' : 'some of the'} ${noun}: the column is empty there. The login may not be allowed to read it; an administrator's login is.`;
    },
  };
}
