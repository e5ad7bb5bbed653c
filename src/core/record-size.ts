import type { RowChange } from './row-shaper.ts';
import type { Row } from './stream.ts';

/**
 * The most that one record may weigh, in bytes of JSON. Airbyte warns from 20 million characters a line, Stitch refuses
 * above 20 MB and Snowflake above 16 MB a value (airbyte §1.7, singer §2.2); half of the smallest leaves room for the
 * envelope and for targets that escape more than we do.
 */
export const MAX_RECORD_BYTES = 8 * 1024 * 1024;

/** What a cut text ends in, so that a reader of the column sees it. */
export const CUT_MARK = '… [cut by source-chat]';

export interface FittedRecord {
  readonly json: string;
  /** The columns that were shortened; undefined when the record fitted as it was. */
  readonly changes: RowChange[] | undefined;
}

/**
 * Makes a row's JSON fit into `maxBytes`. Long texts are cut first, the longest most, wherever they stand; should
 * that not do, lists lose their last elements, and in the end whole columns become null. `keys` are never touched.
 */
export function fitRecord(row: Row, keys: readonly string[], maxBytes = MAX_RECORD_BYTES): FittedRecord {
  const json = JSON.stringify(row);
  // A UTF-16 unit takes at most three bytes of UTF-8: almost every record is settled without counting them.
  if (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes) return { json, changes: undefined };

  const cutColumns = new Set<string>();
  let shorter = json;
  let limit = longestText(row);
  // Halving the longest text that may stay ends at 256 characters, where texts are no longer what makes a record big.
  while (Buffer.byteLength(shorter) > maxBytes && limit > 256) {
    limit = Math.max(256, Math.floor(limit / 2));
    shorter = JSON.stringify(cutColumnsOf(row, keys, cutColumns, (value) => cutTexts(value, limit)));
  }
  let longest = Number.MAX_SAFE_INTEGER;
  while (Buffer.byteLength(shorter) > maxBytes && longest > 0) {
    longest = Math.min(longest, longestList(row));
    longest = Math.floor(longest / 2);
    shorter = JSON.stringify(cutColumnsOf(row, keys, cutColumns, (value) => cutLists(cutTexts(value, limit), longest)));
  }
  const changes = new Map<string, RowChange['change']>([...cutColumns].map((field) => [field, 'TRUNCATED']));
  if (Buffer.byteLength(shorter) > maxBytes) shorter = emptyColumns(JSON.parse(shorter), keys, maxBytes, changes);
  return {
    json: shorter,
    changes: [...changes].map(([field, change]) => ({ field, change, reason: 'SOURCE_RECORD_SIZE_LIMITATION' })),
  };
}

/** The last resort, for objects with very many fields: the biggest columns become null until the record fits. */
function emptyColumns(row: Row, keys: readonly string[], maxBytes: number, changes: Map<string, RowChange['change']>) {
  const bySize = Object.entries(row)
    .filter(([name]) => !keys.includes(name))
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(JSON.stringify(value)) }))
    .sort((a, b) => b.bytes - a.bytes);
  for (const { name } of bySize) {
    if (Buffer.byteLength(JSON.stringify(row)) <= maxBytes) break;
    row[name] = null;
    changes.set(name, 'NULLED');
  }
  return JSON.stringify(row);
}

function cutColumnsOf(
  row: Row,
  keys: readonly string[],
  cutColumns: Set<string>,
  cut: (value: unknown) => unknown,
): Row {
  const result: Row = {};
  for (const [name, value] of Object.entries(row)) {
    result[name] = keys.includes(name) ? value : cut(value);
    if (result[name] !== value) cutColumns.add(name);
  }
  return result;
}

/** Cuts every text longer than `limit` UTF-16 units; what needs no cut is returned as it is, not as a copy. */
function cutTexts(value: unknown, limit: number): unknown {
  if (typeof value === 'string') {
    // toWellFormed: the cut may fall between the halves of a character.
    return value.length <= limit ? value : value.slice(0, limit).toWellFormed() + CUT_MARK;
  }
  return mapInside(value, (inner) => cutTexts(inner, limit));
}

function cutLists(value: unknown, longest: number): unknown {
  const shorter = Array.isArray(value) && value.length > longest ? value.slice(0, longest) : value;
  return mapInside(shorter, (inner) => cutLists(inner, longest));
}

function mapInside(value: unknown, map: (inner: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const mapped = value.map(map);
    return mapped.some((item, index) => item !== value[index]) ? mapped : value;
  }
  const mapped = Object.entries(value).map(([name, inner]) => [name, map(inner)] as const);
  const changed = mapped.some(([name, inner]) => inner !== (value as Row)[name]);
  return changed ? Object.fromEntries(mapped) : value;
}

function longestText(value: unknown): number {
  return largest(value, (inner) => (typeof inner === 'string' ? inner.length : 0));
}

function longestList(value: unknown): number {
  return largest(value, (inner) => (Array.isArray(inner) ? inner.length : 0));
}

function largest(value: unknown, measure: (inner: unknown) => number): number {
  let most = measure(value);
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) most = Math.max(most, largest(inner, measure));
  }
  return most;
}
