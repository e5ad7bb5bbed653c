import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../helpers/commands.ts';

/** A row of a table, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** Streams and their keys, in the order in which they are discovered. */
export const KEYS = {
  livechat_agents: 'login',
  livechat_tickets: 'id',
  livechat_chats: 'id',
  livechat_events: 'event_id',
  livetex_chats: 'chat_id',
  livetex_leads: 'lead_id',
  livetex_conversations: 'conversation_id',
} as const;

export type StreamName = keyof typeof KEYS;

export const STREAMS = Object.keys(KEYS) as StreamName[];

export type Kind = 'text' | 'time' | 'integer' | 'number' | 'boolean' | 'json';

export interface Column {
  readonly kind: Kind;
  /** Of an object whose properties are declared: those, in turn. */
  readonly inner: Readonly<Record<string, Column>> | undefined;
}

interface Schema {
  readonly type: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** The columns that a stream declares in `schemas/`. */
export function columnsOf(stream: StreamName): Readonly<Record<string, Column>> {
  return columnsIn(JSON.parse(readFileSync(join(ROOT, `schemas/${stream}.json`), 'utf8'))) ?? {};
}

function columnsIn({ properties }: Schema): Record<string, Column> | undefined {
  if (properties === undefined) return undefined;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, columnFrom(schema)]));
}

function columnFrom(schema: Schema): Column {
  const type = [schema.type].flat().find((one) => one !== 'null');
  return { kind: kindOf(type, schema.format), inner: columnsIn(schema) };
}

function kindOf(type: string | undefined, format: string | undefined): Kind {
  if (type === 'string') return format === 'date-time' ? 'time' : 'text';
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  return 'json';
}

/** Makes each column of a row anew; `change` tells the value. */
export function mapRow(stream: StreamName, row: Row, change: (value: unknown, kind: Kind) => unknown): Row {
  const columns = columnsOf(stream);
  const entries = Object.entries(row).map(([name, value]) => [name, change(value, columns[name]?.kind ?? 'json')]);
  return Object.fromEntries(entries);
}
