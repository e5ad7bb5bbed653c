import type { Shape } from './shapes.ts';

/** What `fields` asks for: names, each with what is asked of the object behind it, or with null for all of that. */
export type Selection = ReadonlyMap<string, Selection | null>;

/** Reads `id,site(id,url)`. Returns undefined for what cannot be read. */
export function parseFields(text: string): Selection | undefined {
  const tokens = text.match(/[^,()]+|[,()]/g) ?? [];
  let place = 0;
  const list = (): Selection | undefined => {
    const found = new Map<string, Selection | null>();
    while (true) {
      const name = tokens[place]?.trim() ?? '';
      if (!/^\w+$/.test(name)) return undefined;
      place += 1;
      let inner: Selection | null = null;
      if (tokens[place] === '(') {
        place += 1;
        const nested = list();
        if (nested === undefined || tokens[place] !== ')') return undefined;
        place += 1;
        inner = nested;
      }
      found.set(name, inner);
      if (tokens[place] !== ',') return found;
      place += 1;
    }
  };
  const selection = list();
  return place === tokens.length ? selection : undefined;
}

/** An object with only what is asked for. What is no object is left as it is: it has nothing to choose from. */
export function selected(shape: Shape, selection: Selection): Shape {
  const entries: [string, unknown][] = [];
  for (const [name, inner] of selection) {
    if (name in shape) entries.push([name, inner === null ? shape[name] : within(shape[name], inner)]);
  }
  return Object.fromEntries(entries);
}

function within(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((member) => within(member, selection));
  return typeof value === 'object' && value !== null ? selected(value as Shape, selection) : value;
}
