/** A form that was sent, in either of the encodings that a browser has for it. */
export interface SentForm {
  readonly encoding: 'form' | 'multipart';
  readonly fields: ReadonlyMap<string, string>;
}

/** Reads the body of a request; undefined when it is no form. */
export function readForm(contentType: string, body: string): SentForm | undefined {
  const [type = ''] = contentType.split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/x-www-form-urlencoded':
      return { encoding: 'form', fields: new Map(new URLSearchParams(body)) };
    case 'multipart/form-data': {
      const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
      const mark = boundary?.[1] ?? boundary?.[2];
      return mark === undefined ? undefined : { encoding: 'multipart', fields: new Map(partsOf(body, mark)) };
    }
    default:
      return undefined;
  }
}

function* partsOf(body: string, boundary: string): Generator<[string, string]> {
  // Whatever follows the closing mark, `--`, has no name.
  for (const part of `\r\n${body}`.split(`\r\n--${boundary}`).slice(1)) {
    const [, headers, value] = /^\r\n([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(part) ?? [];
    const name = /^content-disposition:\s*form-data\b.*?;\s*name="([^"]*)"/im.exec(headers ?? '')?.[1];
    if (name !== undefined && value !== undefined) yield [name, value];
  }
}
