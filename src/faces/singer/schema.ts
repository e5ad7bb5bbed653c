import type { FieldSelection } from '../../core/row-shaper.ts';
import { columnType, type FieldSchema, isNullable } from '../../core/schema.ts';
import type { Stream } from '../../core/stream.ts';

/** What every known target can read: see singer §4, "Resulting contract". */
interface SingerSchema {
  type: string[];
  format?: string;
  description?: string;
  properties?: Record<string, SingerSchema>;
  items?: SingerSchema;
}

/**
 * The schema of a stream as SCHEMA messages and catalogs show it: every type a list, "null" first for all but the keys;
 * no format but date-time; nothing else that a target might enforce or trip over. Fields that are not selected are left
 * out, as they are left out of the records.
 */
export function singerSchema(stream: Stream, selected: FieldSelection = () => true): SingerSchema {
  return { type: ['object'], properties: propertiesOf(stream.schema, [], selected) };
}

function propertiesOf(schema: FieldSchema, path: string[], selected: FieldSelection): Record<string, SingerSchema> {
  const properties: Record<string, SingerSchema> = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const place = [...path, name];
    if (selected(place)) properties[name] = fieldOf(field, place, selected);
  }
  return properties;
}

function fieldOf(field: FieldSchema, path: string[], selected: FieldSelection): SingerSchema {
  const type = columnType(field) ?? 'string';
  const result: SingerSchema = { type: isNullable(field) ? ['null', type] : [type] };
  if (field.format === 'date-time') result.format = 'date-time';
  if (field.description !== undefined) result.description = field.description;
  if (field.properties !== undefined) {
    const properties = propertiesOf(field, path, selected);
    // An object without properties is a JSON column; one with an empty list of them is nothing (airbyte §1.6).
    if (Object.keys(properties).length > 0) result.properties = properties;
  }
  if (field.items !== undefined) result.items = fieldOf(field.items, path, selected);
  return result;
}
