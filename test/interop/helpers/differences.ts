import { isDeepStrictEqual } from 'node:util';
import type { Row } from './columns.ts';

/** More would tell nothing new. */
const MOST = 8;

/**
 * Holds a table against the rows that must be in it, value by value; says of the first few differences where they are.
 * Both have the form that the target gives them. Every row of `found` has to have exactly the columns of the wanted one.
 */
export function differences(key: string, wanted: Iterable<Row>, found: Iterable<Row>): string[] {
  const rest = new Map<unknown, Row>();
  const problems: string[] = [];
  for (const row of found) {
    if (rest.has(row[key])) problems.push(`${row[key]} is there twice`);
    rest.set(row[key], row);
  }
  for (const row of wanted) {
    const other = rest.get(row[key]);
    rest.delete(row[key]);
    if (other === undefined) problems.push(`${row[key]} is missing`);
    else problems.push(...columnDifferences(row, other).map((text) => `${row[key]}: ${text}`));
  }
  for (const name of rest.keys()) problems.push(`${name} is too many`);
  return problems.slice(0, MOST);
}

function columnDifferences(wanted: Row, found: Row): string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].flatMap((name) => {
    if (!(name in found)) return [`no column ${name}`];
    if (!(name in wanted)) return [`a column ${name} that nobody asked for`];
    const [should, is] = [wanted[name], found[name]];
    return isDeepStrictEqual(is, should) ? [] : [`${name} is ${excerpts(is, should).join(' and should be ')}`];
  });
}

/** Both values, of long ones what stands about the first difference. */
function excerpts(...values: [unknown, unknown]): string[] {
  const texts = values.map((value) => JSON.stringify(value) ?? String(value)) as [string, string];
  const [first, second] = texts;
  let same = 0;
  while (same < first.length && first[same] === second[same]) same += 1;
  const from = same > 60 ? same - 40 : 0;
  return texts.map((text) => {
    const part = text.slice(from, from + 200);
    return `${from > 0 ? '…' : ''}${part}${from + 200 < text.length ? `… (${text.length} characters)` : ''}`;
  });
}
