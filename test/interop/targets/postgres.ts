import pg from 'pg';
import { mapRow, type Row, type StreamName } from '../helpers/columns.ts';

/** Which types MeltanoLabs' target-postgres takes for what a stream declares. */
export const POSTGRES_TYPES = {
  text: ['text'],
  time: ['timestamp'],
  integer: ['int8'],
  number: ['numeric'],
  boolean: ['bool'],
  // A list of texts is an array of texts, any other list an array of JSON values.
  json: ['jsonb', '_jsonb', '_text', '_int8'],
} as const;

/** Times lose their zone: what the table has is UTC. */
export function wantedInPostgres(stream: StreamName, row: Row): Row {
  return mapRow(stream, row, (value, kind) =>
    value !== null && kind === 'time' ? Date.parse(value as string) : value,
  );
}

/** What a table has, without what the target adds, and the types of its columns. */
export async function readPostgres(
  address: string,
  stream: StreamName,
): Promise<{ rows: Row[]; types: ReadonlyMap<string, string> }> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    const columns = await client.query(
      'select column_name as name, udt_name as type from information_schema.columns where table_name = $1',
      [stream],
    );
    const types = new Map<string, string>(columns.rows.map(({ name, type }) => [name, type]));
    for (const name of types.keys()) if (name.startsWith('_sdc_')) types.delete(name);
    // As JSON that PostgreSQL makes itself: the driver would read a time without a zone as one of this machine's.
    const table = await client.query(`select to_jsonb(t) as row from "${stream}" t`);
    return { types, rows: table.rows.map(({ row }) => readRow(row, types)) };
  } finally {
    await client.end();
  }
}

function readRow(row: Row, types: ReadonlyMap<string, string>): Row {
  const columns = [...types].map(([name, type]) => {
    const value = row[name];
    return [name, type === 'timestamp' && value !== null ? Date.parse(`${value}Z`) : value];
  });
  return Object.fromEntries(columns);
}
