import { readFileSync } from 'node:fs';

/** The JSON types that a column can have; every column but a key may also be null. */
export type ColumnType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';

/** How a person is told of a type. */
export const TYPE_WORDS: Readonly<Record<ColumnType, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

/** One declared field, as far as the product reads its schema. The file may say more (title, description). */
export interface FieldSchema {
  readonly type?: ColumnType | 'null' | readonly (ColumnType | 'null')[];
  readonly format?: string;
  readonly description?: string;
  readonly airbyte_type?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly additionalProperties?: boolean;
}

/** The schema of a stream's rows: what stands in schemas/<stream>.json. */
export interface StreamSchema extends FieldSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
}

const SCHEMAS = new URL('../../schemas/', import.meta.url);

/** Reads schemas/<name>.json, the only place where fields are declared. Throws when the installation lacks the file. */
export function loadSchemaFile(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, SCHEMAS), 'utf8'));
}

/** Reads the schema of a stream's rows. */
export function loadStreamSchema(name: string): StreamSchema {
  return loadSchemaFile(name) as StreamSchema;
}

/** The field's type without `null`; undefined when the schema leaves the type open. */
export function columnType(field: FieldSchema): ColumnType | undefined {
  const types = typeof field.type === 'string' ? [field.type] : (field.type ?? []);
  return types.find((type): type is ColumnType => type !== 'null');
}

/** True when the schema lets the field be null. */
export function isNullable(field: FieldSchema): boolean {
  return field.type === undefined || field.type === 'null' || field.type.includes('null');
}

/** The column that keeps what the vendor sends and no schema declares. Every stream has it. */
export const EXTRA_FIELDS = 'extra_fields';
