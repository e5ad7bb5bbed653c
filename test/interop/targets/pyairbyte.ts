import { mapRow, type Row, type StreamName } from '../helpers/columns.ts';

/** Types of PyAirbyte's DuckDB cache. */
export const DUCKDB_TYPES = {
  text: 'VARCHAR',
  time: 'TIMESTAMP',
  integer: 'BIGINT',
  number: 'DECIMAL(38,9)',
  boolean: 'BOOLEAN',
  json: 'JSON',
} as const;

/** Columns have lower case (`currentgroup`), and times lose their zone: what the table has is UTC. */
export function wantedInDuckDb(stream: StreamName, row: Row): Row {
  const mapped = mapRow(stream, row, (value, kind) =>
    value !== null && kind === 'time' ? Date.parse(value as string) : value,
  );
  return Object.fromEntries(Object.entries(mapped).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A row as the cache gives it, without what PyAirbyte adds. */
export function readDuckDbRow(row: Row, types: Readonly<Record<string, string>>): Row {
  const columns = Object.entries(row).filter(([name]) => !name.startsWith('_airbyte_'));
  return Object.fromEntries(
    columns.map(([name, value]) => {
      const isTime = types[name] === DUCKDB_TYPES.time && value !== null;
      return [name, isTime ? Date.parse(`${value}Z`) : value];
    }),
  );
}
