import { noise, pick } from '../../random.ts';
import type { ChatLine, Thread } from './chat-data.ts';
import type { ChatField, ChatForm } from './forms.ts';

/** Chats of REST v2 on the wire (livechat-api §2.4). Timestamps are Unix seconds; other times are texts in some zone. */
export interface V2ChatShape {
  readonly type: 'chat' | 'missed_chat';
  readonly id: string;
  readonly visitor: Readonly<Record<string, string>>;
  readonly visitor_id: string;
  readonly agents?: readonly { readonly display_name: string; readonly email: string; readonly ip?: string }[];
  readonly supervisors?: readonly object[];
  readonly rate?: string;
  readonly duration?: number;
  readonly chat_start_url?: string;
  readonly referrer?: string;
  readonly group: readonly number[] | number;
  readonly started?: string;
  readonly started_timestamp?: number;
  readonly ended?: string;
  readonly ended_timestamp?: number;
  readonly pending?: boolean;
  readonly prechat_survey?: readonly V2Survey[];
  readonly postchat_survey?: readonly V2Survey[];
  readonly custom_variables?: readonly { readonly key: string; readonly value: string }[];
  readonly integration_variables?: object;
  readonly goals?: readonly object[];
  readonly queue?: { readonly duration: number };
  readonly tags: readonly string[];
  readonly timezone: string;
  readonly messages?: readonly V2Line[];
  readonly events?: readonly V2Line[];
  readonly engagement?: string;
  /** Of a missed chat. */
  readonly time?: number;
  readonly email?: string;
  readonly message?: string;
  /** What no documentation knows. */
  readonly mood?: string;
}

export interface V2Survey {
  readonly key: string;
  readonly value: string;
  readonly id: string;
}

export interface V2Line {
  readonly date: string;
  readonly timestamp: number;
  readonly [more: string]: unknown;
}

/** How chats are shown. */
export interface V2View {
  readonly seed: number;
  /** IANA zone of the texts, and how times are written in it. */
  readonly zone: string;
  readonly localized: (second: number) => string;
  readonly surprises: boolean;
}

export function v2ChatShape(thread: Thread, view: V2View): V2ChatShape {
  const { seed, zone, localized } = view;
  const { number, visitor, groups, tags, createdAt, startUrl, referrer } = thread;
  const chance = (salt: number, of: number) => noise(seed, number, salt) % of === 0;
  const started = seconds(createdAt);
  const common = {
    id: thread.id,
    visitor: visitorShape(thread),
    visitor_id: visitor.id,
    group: chance(800, 9) ? (groups[0] as number) : groups,
    tags,
    timezone: zone,
    ...(view.surprises && chance(801, 10) ? { mood: 'sunny' } : {}),
  };
  if (thread.isMissed) {
    const message = thread.lines.find(({ type }) => type === 'message')?.text ?? '';
    const mail = visitor.mail ?? 'nobody@customer.example';
    return { ...common, type: 'missed_chat', time: started, email: mail, message };
  }
  const ended = thread.endedAt === null ? undefined : seconds(thread.endedAt);
  const lines = thread.isRestricted ? [] : thread.lines.map((line) => lineShape(line, thread, localized));
  const [prechat, postchat] = [surveyOf(thread.forms, 'prechat'), surveyOf(thread.forms, 'postchat')];
  return {
    ...common,
    type: 'chat',
    agents: thread.agents.map(({ name, mail }, n) => ({
      display_name: name,
      email: mail,
      ...(n === 0 && chance(802, 2) ? { ip: '192.0.2.1' } : {}),
    })),
    supervisors: chance(803, 9) ? [{ display_name: 'The Boss', email: 'agent0@company.example' }] : [],
    rate: thread.rating === null ? 'not_rated' : thread.rating.score === 1 ? 'rated_good' : 'rated_bad',
    ...(ended === undefined ? {} : { duration: ended - started }),
    ...(startUrl === null ? {} : { chat_start_url: startUrl }),
    ...(referrer === null ? {} : { referrer }),
    started: localized(started),
    started_timestamp: started,
    ...(ended === undefined ? {} : { ended: localized(ended), ended_timestamp: ended }),
    pending: ended === undefined,
    prechat_survey: prechat,
    ...(postchat.length === 0 && chance(804, 2) ? {} : { postchat_survey: postchat }),
    ...(visitor.variables === null ? {} : { custom_variables: visitor.variables }),
    ...(chance(805, 6) ? { integration_variables: { crm: { id: String(number) } } } : {}),
    ...(chance(806, 7)
      ? { goals: [{ id: 1, name: 'Bought', timestamp: started, order: { id: '7', price: '9.99', currency: 'EUR' } }] }
      : {}),
    ...(thread.queue === null ? {} : { queue: { duration: thread.queue } }),
    messages: lines.filter((_, n) => thread.lines[n]?.type === 'message').map(({ type: _, ...line }) => line as V2Line),
    events: lines,
    ...(chance(807, 2)
      ? { engagement: pick(['auto_invite', 'manual_invite', 'immediate_start'], seed, number, 808) }
      : {}),
  };
}

function visitorShape({ visitor }: Thread): Readonly<Record<string, string>> {
  const { country, code, region, city, zone } = visitor.place;
  return {
    id: visitor.id,
    name: visitor.name ?? 'Visitor',
    ...(visitor.mail === null ? {} : { email: visitor.mail }),
    ip: visitor.ip,
    city,
    region,
    country,
    country_code: code,
    timezone: zone,
    user_agent: visitor.userAgent,
  };
}

function lineShape(
  { type, at, author, text, kind }: ChatLine,
  { visitor, id }: Thread,
  localized: V2View['localized'],
): V2Line {
  const timestamp = seconds(at);
  const date = localized(timestamp);
  const said = { date, timestamp };
  if (author === 'router') return { type: 'event', event_type: kind ?? 'transferred', text, ...said };
  const who =
    author === 'visitor'
      ? { author_name: visitor.name ?? 'Visitor', user_type: 'visitor' }
      : { author_name: author.name, user_type: 'agent', agent_id: author.mail };
  if (type === 'file') {
    const files = [{ name: text, url: `https://files.livechat.example/${id}/file.pdf`, size: 4711 }];
    return { type: 'attachment', files, ...who, ...said };
  }
  if (type === 'system') return { type: 'event', event_type: kind ?? 'closed', text, ...who, ...said };
  return { type: 'message', text, ...who, ...said };
}

function surveyOf(forms: readonly ChatForm[], type: ChatForm['type']): V2Survey[] {
  const form = forms.find((one) => one.type === type);
  const fields = form?.fields.filter(({ label }) => label !== undefined) ?? [];
  return fields.map((field) => ({ key: field.label as string, value: answerText(field), id: field.id }));
}

function answerText({ answer, answers }: ChatField): string {
  if (typeof answer === 'string') return answer;
  if (answers !== undefined) return answers.map(({ label }) => label).join(', ');
  if (answer === undefined) return '';
  return 'label' in answer ? answer.label : String(answer.rate);
}

function seconds(micros: number): number {
  return Math.floor(micros / 1_000_000);
}

/** Writes Unix seconds as people of a zone read them, `Wed, 01/23/13 11:40:53 am`. Making one takes longer than using it a hundred times. */
export function localTimes(zone: string): (second: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    month: '2-digit',
    day: '2-digit',
    year: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: true,
  });
  return (second) => {
    const parts = Object.fromEntries(format.formatToParts(second * 1000).map(({ type, value }) => [type, value]));
    const { weekday, month, day, year, hour, minute, dayPeriod = '' } = parts;
    return `${weekday}, ${month}/${day}/${year} ${hour}:${minute}:${parts['second']} ${dayPeriod.toLowerCase()}`;
  };
}
