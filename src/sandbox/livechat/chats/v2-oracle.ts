import { type ExpectedRow, utc } from '../../expected-row.ts';
import type { LivechatAccount } from '../account.ts';
import { cleaned } from '../cleaned.ts';
import { type ChatColumns, EMPTY_CHAT_ROW } from './empty-row.ts';
import { localTimes, type V2ChatShape, type V2Line, type V2Survey, v2ChatShape } from './v2-shape.ts';

/** Every chat as it has to arrive over REST v2. */
export function* expectedV2Chats({ chats, options }: LivechatAccount): Generator<ExpectedRow> {
  const { seed, timeZone: zone, surprises } = options;
  const view = { seed, zone, localized: localTimes(zone), surprises };
  for (let number = 0; number < chats.size; number += 1) {
    yield expectedV2Chat(v2ChatShape(chats.thread(number), view));
  }
}

function expectedV2Chat(chat: V2ChatShape): ExpectedRow {
  const isMissed = chat.type === 'missed_chat';
  const start = utc(((isMissed ? chat.time : chat.started_timestamp) as number) * 1000);
  const said = isMissed
    ? [
        {
          text: chat.message,
          user_type: 'visitor',
          author_name: chat.visitor['name'] ?? null,
          agent_id: null,
          timestamp: start,
        },
      ]
    : chat.messages?.map(lineRow);
  const columns: ChatColumns = {
    id: chat.id,
    started_timestamp: start,
    ended_timestamp: chat.ended_timestamp === undefined ? null : utc(chat.ended_timestamp * 1000),
    active: chat.pending === true,
    type: chat.type,
    url: chat.chat_start_url ?? null,
    referrer: chat.referrer ?? null,
    duration: chat.duration ?? null,
    agents:
      chat.agents?.map(({ email, display_name, ...others }) => ({ login: email, name: display_name, ...others })) ??
      null,
    supervisors: chat.supervisors ?? null,
    groups: typeof chat.group === 'number' ? [chat.group] : chat.group,
    tags: chat.tags,
    visitor: {
      ...chat.visitor,
      ...(chat.visitor['email'] === undefined && chat.email !== undefined ? { email: chat.email } : {}),
    },
    messages: said ?? null,
    events: chat.events?.map(lineRow) ?? null,
    pre_chat_survey: surveyRows(chat.prechat_survey),
    post_chat_survey: surveyRows(chat.postchat_survey),
    rate: chat.rate ?? null,
    queue: chat.queue ?? null,
    goals: chat.goals ?? null,
    custom_variables: chat.custom_variables ?? null,
    engagement: chat.engagement ?? null,
    extra_fields: extraOf(chat),
  };
  return cleaned({ ...EMPTY_CHAT_ROW, ...columns });
}

/** The text of the time is in the language of the account: nobody needs it beside the time itself. */
function lineRow({ date: _, timestamp, ...others }: V2Line): object {
  return { ...others, timestamp: utc(timestamp * 1000) };
}

function surveyRows(survey: readonly V2Survey[] | undefined): object[] | null {
  if (survey === undefined || survey.length === 0) return null;
  return survey.map(({ key, value, id }) => ({ id, label: key, answer: value }));
}

function extraOf({ integration_variables, mood }: V2ChatShape): object | null {
  const extra = {
    ...(integration_variables === undefined ? {} : { integration_variables }),
    ...(mood === undefined ? {} : { mood }),
  };
  return Object.keys(extra).length === 0 ? null : extra;
}
