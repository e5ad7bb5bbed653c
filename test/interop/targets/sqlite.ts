import { type Column, columnsOf, type Row, type StreamName } from '../helpers/columns.ts';
import { readTables } from './python-tables.ts';

/**
 * target-sqlite makes a column of each declared part of an object (`requester__mail`) and has all names in lower case with
 * underscores (`current_group__id`). Lists, and objects without declared parts, are Python's notation of them; what an
 * object has beyond its declared parts is lost. Truth values are numbers, times the texts that came.
 */
export function wantedInSqlite(stream: StreamName, row: Row): Row {
  return Object.fromEntries(
    flat(columnsOf(stream)).map(({ path, kind }) => {
      const value = path.reduce<unknown>((object, name) => (object as Row | null)?.[name] ?? null, row);
      return [nameOf(path), kind === 'boolean' && value !== null ? Number(value) : value];
    }),
  );
}

/** The rows of a table, without what the target adds. */
export async function readSqlite(database: string, stream: StreamName): Promise<Row[]> {
  const literals = flat(columnsOf(stream)).filter(({ kind }) => kind === 'json');
  const rows = await readTables(['sqlite', database, stream, ...literals.map(({ path }) => nameOf(path))]);
  return rows.map(({ __loaded_at: _at, ...row }) => row);
}

interface Leaf {
  readonly path: readonly string[];
  readonly kind: Column['kind'];
}

function flat(columns: Readonly<Record<string, Column>>, path: readonly string[] = []): Leaf[] {
  return Object.entries(columns).flatMap(([name, { kind, inner }]) => {
    const place = [...path, name];
    return inner === undefined ? [{ path: place, kind }] : flat(inner, place);
  });
}

function nameOf(path: readonly string[]): string {
  return path.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('__');
}
