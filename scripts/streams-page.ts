/**
 * docs/streams.md: what every stream gives, column by column. Columns come from the schemas, keys, cursors and sync modes from
 * the streams themselves, so that nothing is said twice. Only where a stream comes from is said here.
 */
import { columnType, type FieldSchema } from '../src/core/schema.ts';
import type { Stream } from '../src/core/stream.ts';
import { describeAllStreams } from '../src/vendors/index.ts';

const REST_V2 = "LiveChat's [REST API v2](https://platform.text.com/docs/management/configuration-api/v2.0)";
const V3 = "LiveChat's [APIs v3.6](https://platform.text.com/docs/management/configuration-api)";
const HELPDESK = '[HelpDesk](https://api.helpdesk.com/docs)';
const WEB_API =
  "LiveTex's [Web API](https://support.livetex.ru/hc/ru/articles/360007021797); its [reference](https://web-api.livetex.ru/docs#/) asks for the login of the cabinet";

/** Where the rows come from, by stream. */
const ORIGINS: Readonly<Record<string, string>> = {
  livechat_agents: `\`list_agents\` of ${V3}, or \`GET /agents\` of ${REST_V2}`,
  livechat_tickets: `\`GET /tickets\` of ${HELPDESK}, or \`GET /tickets\` of ${REST_V2}`,
  livechat_chats: `\`list_archives\` of ${V3}, or \`GET /chats\` of ${REST_V2}`,
  livechat_events:
    'webhooks of [LiveChat](https://platform.text.com/docs/management/webhooks) and [HelpDesk](https://api.helpdesk.com/docs), by way of the [inbox](webhooks.md)',
  livetex_chats: `\`/chats/list\` of ${WEB_API}`,
  livetex_leads: `\`/leads/list\` of ${WEB_API}`,
  livetex_conversations:
    "LiveTex's [webhooks](https://support.livetex.ru/hc/ru/articles/360007110438), by way of the [inbox](webhooks.md)",
};

const HEAD = `<!-- Made from schemas/ by \`npm run generate\`. Do not edit. -->
# Streams

Times are UTC, \`2026-01-31T12:00:00.000Z\`. Ids of rows are strings. Every column but the primary key may be null. \`messages[].text\` is the field
\`text\` of each entry of the list \`messages\`. What a vendor sends beyond the declared columns, or with another type, is in \`extra_fields\`,
so a new field of the vendor loses nothing and breaks nothing. Which fields of LiveChat's and HelpDesk's APIs stand in which columns says
[livechat-columns.md](livechat-columns.md). How streams are kept up to date, and what that costs, says
[sync-behaviour.md](sync-behaviour.md).

`;

/** The page as Markdown. Throws an Error for a stream whose origin is not written down. */
export function streamsPage(): string {
  return `${HEAD}${describeAllStreams().map(section).join('\n')}`;
}

function section({ name, schema, primaryKey, cursorField, syncModes }: Stream): string {
  const origin = ORIGINS[name];
  if (origin === undefined) throw new Error(`scripts/streams-page.ts does not say where ${name} comes from`);
  const modes = syncModes.map((mode) => mode.replace('_', ' ')).sort();
  const lines = [
    `## ${name}`,
    '',
    `${schema.description ?? ''}`,
    '',
    `- Primary key: ${primaryKey.map(code).join(', ')}`,
    `- Cursor: ${cursorField === undefined ? 'none' : code(cursorField)}`,
    `- Sync modes: ${modes.join(', ')}`,
    `- From: ${origin}`,
    '',
    '| column | type | what it is |',
    '|---|---|---|',
    ...columns(schema, '').map(([column, type, text]) => `| ${code(column)} | ${type} | ${escaped(text)} |`),
    '',
  ];
  return lines.join('\n');
}

function columns(schema: FieldSchema, place: string): [column: string, type: string, text: string][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${place}${name}`;
    const inner = field.items === undefined ? columns(field, `${path}.`) : columns(field.items, `${path}[].`);
    return [[path, typeOf(field), field.description ?? ''] as [string, string, string], ...inner];
  });
}

function typeOf(field: FieldSchema): string {
  if (field.format === 'date-time') return 'timestamp';
  const type = columnType(field) ?? 'any';
  if (type !== 'array') return type;
  return field.items === undefined ? 'list' : `list of ${typeOf(field.items)}s`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
