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
 * out, as they are left out of the records. A time in an object that may be null is a plain text: singer-check-tap 0.4.1 looks
 * into such an object for times before it sees that there is none, and dies.
 */
export function singerSchema(stream: Stream, selected: FieldSelection = () => true): SingerSchema {
  return { type: ['object'], properties: propertiesOf(stream.schema, [], selected, true) };
}

function propertiesOf(
  schema: FieldSchema,
  path: string[],
  selected: FieldSelection,
  hasFormats: boolean,
): Record<string, SingerSchema> {
  const properties: Record<string, SingerSchema> = {};
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const place = [...path, name];
    if (!selected(place)) continue;
    properties[name] = fieldOf(field, place, selected, !isNullable(field));
    if (field.format === 'date-time' && hasFormats) properties[name].format = 'date-time';
  }
  return properties;
}

/** `hasFormats`: whether the fields of an object may say that they are times. */
function fieldOf(field: FieldSchema, path: string[], selected: FieldSelection, hasFormats: boolean): SingerSchema {
  const type = columnType(field) ?? 'string';
  const result: SingerSchema = { type: isNullable(field) ? ['null', type] : [type] };
  if (field.description !== undefined) result.description = field.description;
  if (field.properties !== undefined) {
    const properties = propertiesOf(field, path, selected, hasFormats);
    // An object without properties is a JSON column; one with an empty list of them is nothing (airbyte §1.6).
    if (Object.keys(properties).length > 0) result.properties = properties;
  }
  // A list has no empty places, whatever its items' type says.
  if (field.items !== undefined) result.items = fieldOf(field.items, path, selected, true);
  return result;
}
