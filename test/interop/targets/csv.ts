import { join } from 'node:path';
import { columnsOf, type Kind, mapRow, type Row, type StreamName } from '../helpers/columns.ts';
import { readTables } from './python-tables.ts';

/** MeltanoLabs' target-csv writes what Python's `str` makes of each value; there is no null but an empty text. */
export function wantedInCsv(stream: StreamName, row: Row): Row {
  return mapRow(stream, row, textOf);
}

function textOf(value: unknown, kind: Kind): unknown {
  if (kind === 'json') return value;
  if (value === null) return '';
  if (kind === 'time') return pythonTime(value as string);
  if (kind === 'boolean') return value === true ? 'True' : 'False';
  return String(value);
}

/** `2026-01-31 12:00:00.250000+00:00`; without the fraction where it is zero. */
function pythonTime(time: string): string {
  const [date, clock = ''] = time.slice(0, -1).split('T');
  const [seconds, ms] = clock.split('.');
  return `${date} ${seconds}${ms === '000' ? '' : `.${ms}000`}+00:00`;
}

/** The rows of a file that the target has written in a folder; lists and objects are read as what they are. */
export function readCsv(folder: string, stream: StreamName): Promise<Row[]> {
  const literals = Object.entries(columnsOf(stream)).filter(([, { kind }]) => kind === 'json');
  return readTables(['csv', join(folder, `${stream}.csv`), ...literals.map(([name]) => name)]);
}
