import { SyncError } from './errors.ts';
import { columnType, EXTRA_FIELDS, type FieldSchema, type StreamSchema, TYPE_WORDS } from './schema.ts';
import type { Row } from './stream.ts';
import { toTimestamp } from './timestamps.ts';

/** Something that a row had to lose on its way, in the words of Airbyte's record meta. */
export interface RowChange {
  /** Top-level column. */
  readonly field: string;
  readonly change: 'NULLED' | 'TRUNCATED';
  readonly reason: 'SOURCE_SERIALIZATION_ERROR' | 'SOURCE_RECORD_SIZE_LIMITATION';
}

export interface ShapedRow {
  /** Every selected column, in the schema's order, of its declared type or null. */
  readonly data: Row;
  readonly changes: RowChange[] | undefined;
}

/** Told once per field and run. */
export interface ShapeReport {
  /** The vendor sent a top-level field that the schema does not declare. */
  undeclared(field: string): void;
  /** A value was not of the declared type. `path` names the field, `events.date` for nested ones. */
  mismatch(path: string, expected: string): void;
}

/** Which fields the user wants, by path: `['requester', 'ip']`. */
export type FieldSelection = (path: readonly string[]) => boolean;

interface Context {
  extra: Row | undefined;
  changes: RowChange[] | undefined;
}

/** Brings a value to its declared type. `where` is the place in this row, `events[3].date`, and `context` the row's. */
type Conform = (value: unknown, where: string, context: Context) => unknown;

/**
 * Compiles a schema into the function that brings rows to it, once per stream and run:
 * - every declared, selected column is there, null when the vendor sent nothing;
 * - values have the declared type: times in any known form, numbers and booleans as text are converted; what cannot be
 *   converted becomes null, is listed in `changes` and moves to `extra_fields` under its place;
 * - undeclared top-level fields move to `extra_fields`; undeclared nested ones stay where they are, for the columns that
 *   hold objects are JSON in a warehouse;
 * - arrays have no null elements: BigQuery refuses them (singer §4).
 *
 * The row is taken over: nested objects are changed in place. Throws a system error for a row without its primary key.
 */
export function compileRowShaper(
  schema: StreamSchema,
  primaryKey: readonly string[],
  report: ShapeReport,
  selected: FieldSelection = () => true,
): (row: Row) => ShapedRow {
  const reportOnce = once(report);
  const declared = new Set(Object.keys(schema.properties));
  const columns = Object.entries(schema.properties)
    .filter(([name]) => name !== EXTRA_FIELDS && (primaryKey.includes(name) || selected([name])))
    .map(([name, field]) => ({ name, conform: compileField(field, [name], selected, reportOnce) }));
  const keepsExtra = declared.has(EXTRA_FIELDS) && selected([EXTRA_FIELDS]);

  return (row) => {
    const context: Context = { extra: undefined, changes: undefined };
    const data: Row = {};
    for (const { name, conform } of columns) {
      const value = row[name];
      data[name] = value === null || value === undefined ? null : conform(value, name, context);
    }
    for (const field in row) {
      if (declared.has(field)) continue;
      reportOnce.undeclared(field);
      keep(context, field, row[field]);
    }
    if (keepsExtra) data[EXTRA_FIELDS] = context.extra ?? null;
    for (const key of primaryKey) {
      if (data[key] === null || data[key] === '') throw keyless(key);
    }
    return { data, changes: context.changes };
  };
}

function keyless(key: string): SyncError {
  return new SyncError(
    'system',
    `The vendor sent a row without "${key}", which identifies it. Nothing was dropped: the stream stops here.`,
  );
}

function compileField(field: FieldSchema, path: string[], selected: FieldSelection, report: ShapeReport): Conform {
  const type = columnType(field);
  const name = path.join('.');
  switch (type) {
    case 'object':
      return compileObject(field, path, selected, report);
    case 'array':
      return compileArray(field, path, selected, report);
    case undefined:
      return (value) => value;
    default: {
      const isTime = field.format === 'date-time';
      const convert = isTime ? (value: unknown) => toTimestamp(value) : CONVERT[type];
      const expected = isTime ? 'a time' : TYPE_WORDS[type];
      return (value, where, context) => {
        const converted = convert(value);
        return converted === undefined ? refuse(value, where, context, report, name, expected) : converted;
      };
    }
  }
}

function compileObject(field: FieldSchema, path: string[], selected: FieldSelection, report: ShapeReport): Conform {
  const name = path.join('.');
  const properties = Object.entries(field.properties ?? {});
  const kept = properties
    .filter(([child]) => selected([...path, child]))
    .map(([child, schema]) => ({ child, conform: compileField(schema, [...path, child], selected, report) }));
  const dropped = properties.map(([child]) => child).filter((child) => !selected([...path, child]));
  return (value, where, context) => {
    if (typeof value !== 'object' || Array.isArray(value)) {
      return refuse(value, where, context, report, name, TYPE_WORDS.object);
    }
    const object = value as Row;
    for (const { child, conform } of kept) {
      const inner = object[child];
      if (inner === null || inner === undefined) continue;
      // Only a value that changes is written: most are right already.
      const conformed = conform(inner, `${where}.${child}`, context);
      if (conformed !== inner) object[child] = conformed;
    }
    for (const child of dropped) delete object[child];
    return object;
  };
}

function compileArray(field: FieldSchema, path: string[], selected: FieldSelection, report: ShapeReport): Conform {
  const name = path.join('.');
  const conform = field.items === undefined ? undefined : compileField(field.items, path, selected, report);
  return (value, where, context) => {
    if (!Array.isArray(value)) return refuse(value, where, context, report, name, TYPE_WORDS.array);
    const items: unknown[] = value;
    let holes = false;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const conformed =
        item === null || item === undefined || conform === undefined
          ? item
          : conform(item, `${where}[${index}]`, context);
      if (conformed !== item) items[index] = conformed;
      if (conformed === null || conformed === undefined) holes = true;
    }
    return holes ? items.filter((item) => item !== null && item !== undefined) : items;
  };
}

/** Null in the column, the value itself in `extra_fields` under its place: a wrong type costs no data. */
function refuse(
  value: unknown,
  where: string,
  context: Context,
  report: ShapeReport,
  name: string,
  expected: string,
): null {
  report.mismatch(name, expected);
  keep(context, where, value);
  const column = /^[^.[]+/.exec(where)?.[0] ?? where;
  context.changes ??= [];
  if (!context.changes.some((change) => change.field === column)) {
    context.changes.push({ field: column, change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR' });
  }
  return null;
}

function keep(context: Context, field: string, value: unknown): void {
  // Without a prototype, so that a field called __proto__ is a field like any other.
  context.extra ??= Object.create(null) as Row;
  context.extra[field] = value;
}

/** Each returns undefined for what cannot be converted. */
const CONVERT: Record<'string' | 'integer' | 'number' | 'boolean', (value: unknown) => unknown> = {
  string(value) {
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  },
  integer(value) {
    const number = asNumber(value);
    return Number.isSafeInteger(number) ? number : undefined;
  },
  number: asNumber,
  boolean(value) {
    if (typeof value === 'boolean') return value;
    if (value === 1 || value === '1' || value === 'true') return true;
    return value === 0 || value === '0' || value === 'false' ? false : undefined;
  },
};

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function once(report: ShapeReport): ShapeReport {
  const told = new Set<string>();
  const first = (what: string) => !told.has(what) && told.add(what) !== undefined;
  return {
    undeclared(field) {
      if (first(`undeclared ${field}`)) report.undeclared(field);
    },
    mismatch(path, expected) {
      if (first(`mismatch ${path}`)) report.mismatch(path, expected);
    },
  };
}
