import { execFile } from 'node:child_process';
import { Agent, type ClientRequest, request } from 'node:http';
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import type { Inbox } from '../../src/inbox/inbox.ts';
import { openPostgresInbox } from '../../src/inbox/postgres.ts';
import { share } from '../../src/sandbox/random.ts';
import { configured, EntrypointOutput, sourceChat } from './airbyte.ts';
import { executable, type Finished, file } from './commands.ts';
import type { PostgresServer } from './postgres.ts';
import { inboxConfig, type ListenProcess, listen } from './receiver.ts';

type Row = Record<string, unknown>;
export type Random = () => number;

/** Numbers in [0, 1) that look random, and are the same in every run. */
export function randomOf(seed: number): Random {
  let index = 0;
  return () => {
    index += 1;
    return share(seed, index, 0);
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An empty database of a server: its address, and a configuration with the inbox in it. */
export async function postgresStore(
  postgres: PostgresServer,
): Promise<{ url: string; config: Record<string, unknown> }> {
  const url = await postgres.database();
  return { url, config: inboxConfig({ type: 'postgres', url }) };
}

/** A connection to a database, given by its address; it ends with the test. */
export async function connection(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

/** Opens the inbox in a database so many times at the same instant; they are closed with the test. */
export async function openInboxes(url: string, role: 'receiver' | 'reader', count: number): Promise<Inbox[]> {
  const inboxes = await Promise.all(Array.from({ length: count }, () => openPostgresInbox(url, role)));
  onTestFinished(async () => {
    await Promise.all(inboxes.map((inbox) => inbox.close()));
  });
  return inboxes;
}

/** A receiver that takes as much as comes. */
export function listenUnlimited(config: unknown, prefix: readonly string[] = []): Promise<ListenProcess> {
  return listen(config, { args: ['--rate-limit', '0'], prefix });
}

export interface PostedEvent {
  readonly key: string;
  readonly vendor: 'livechat' | 'livetex';
  /** Of LiveTex's. */
  readonly conversation: string | undefined;
  readonly body: string;
}

/**
 * Which events there are, and which of them were acknowledged. Half are LiveChat's; the others belong to conversations
 * of LiveTex. Each event of a conversation names one employee of its own, so that the conversation's row tells which
 * events went into it.
 */
export class Ledger {
  readonly posted = new Map<string, PostedEvent>();
  readonly acknowledged = new Set<string>();
  /** Posted and never acknowledged so far, and posted by nobody just now. */
  readonly #open: PostedEvent[] = [];
  readonly #random: Random;
  readonly #padding: number;

  /** `padding` is the greatest length of what stands in an event for nothing but its size. */
  constructor(random: Random, padding = 1000) {
    this.#random = random;
    this.#padding = padding;
  }

  /** A new event, or some of the time one that was not acknowledged, or one that was. */
  next(): PostedEvent {
    const chance = this.#random();
    if (chance < 0.3 && this.#open.length > 0) {
      const [event] = this.#open.splice(Math.floor(this.#random() * this.#open.length), 1);
      return event as PostedEvent;
    }
    const known = chance > 0.97 ? this.posted.get(String(Math.floor(this.#random() * this.posted.size))) : undefined;
    return known ?? this.#create();
  }

  answered(event: PostedEvent, isAcknowledged: boolean): void {
    if (isAcknowledged) this.acknowledged.add(event.key);
    else if (!this.acknowledged.has(event.key)) this.#open.push(event);
  }

  #create(): PostedEvent {
    const number = this.posted.size;
    const key = String(number);
    const padding = 'x'.repeat(Math.floor(this.#random() * this.#padding));
    // About ten events each, which come in several cycles and through several connections.
    const conversation = number % 2 === 0 ? undefined : `c${Math.floor(number / 20 + this.#random() * 50)}`;
    const content =
      conversation === undefined
        ? { event_type: 'chat_started', event_unique_id: key, chat: { id: `chat ${key}` }, padding }
        : { event: 'assigned', conversation: { id: conversation }, employee: { id: key }, padding };
    const vendor = conversation === undefined ? 'livechat' : 'livetex';
    const event = { key, vendor, conversation, body: JSON.stringify(content) } as const;
    this.posted.set(key, event);
    return event;
  }
}

/** What came back: a whole answer, one that breaks off, or none. */
export interface Answer {
  readonly kind: 'whole' | 'cut' | 'none';
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly ms: number;
}

/** Longer than any answer may take; a test that runs into it has found something that hangs. */
const ANSWER_LIMIT_MS = 60_000;

/** Sends a request; says what came back, and never rejects. */
export function ask(url: string, body?: string, agent?: Agent): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve) => {
    const answer = (kind: Answer['kind'], status?: number, retryAfter?: string) =>
      resolve({ kind, status, retryAfter, ms: performance.now() - started });
    const options = { method: body === undefined ? 'GET' : 'POST', agent: agent ?? false } as const;
    const sent: ClientRequest = request(url, options, (response) => {
      const { statusCode, headers } = response;
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', () => answer('cut', statusCode));
      response.on('close', () => {
        const isWhole = response.complete && (statusCode !== 200 || text === 'ok\n');
        answer(isWhole ? 'whole' : 'cut', statusCode, headers['retry-after']);
      });
    });
    sent.on('error', () => answer('none'));
    sent.setTimeout(ANSWER_LIMIT_MS, () => sent.destroy());
    if (body !== undefined) sent.setHeader('content-type', 'application/json');
    sent.end(body);
  });
}

/** Posts an event to a receiver, and enters the answer in the ledger. */
export async function postEvent(
  { livechat, livetex }: Pick<ListenProcess, 'livechat' | 'livetex'>,
  event: PostedEvent,
  ledger: Ledger,
  agent?: Agent,
): Promise<Answer> {
  const answer = await ask(event.vendor === 'livechat' ? livechat : livetex, event.body, agent);
  ledger.answered(event, answer.kind === 'whole' && answer.status === 200);
  return answer;
}

export interface LoadOptions {
  readonly connections?: number;
  /** How many of the events go to all receivers at the same time, as a part of 1. */
  readonly everywhere?: number;
  readonly random: Random;
}

/** Connections that post one event after the other, until they are stopped. */
export interface Load {
  /** How often each answer came: by its status, `cut` or `none`. */
  readonly counts: ReadonlyMap<string, number>;
  /** What was answered with 503. */
  readonly refusals: readonly Answer[];
  /** The longest time that an answer took, in ms. */
  readonly slowest: () => number;
  /** Ends when all requests that are under way have ended. */
  stop(): Promise<void>;
}

export function startLoad(receivers: readonly ListenProcess[], ledger: Ledger, options: LoadOptions): Load {
  const { connections = 24, everywhere = 0, random } = options;
  const counts = new Map<string, number>();
  const refusals: Answer[] = [];
  let slowest = 0;
  let isStopped = false;
  const note = (answer: Answer) => {
    const name = answer.kind === 'whole' ? String(answer.status) : answer.kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (name === '503') refusals.push(answer);
    if (answer.kind !== 'none') slowest = Math.max(slowest, answer.ms);
    return name === '200';
  };
  const work = async (index: number) => {
    const agents = receivers.map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
    const to = async (place: number, event: PostedEvent) =>
      note(await postEvent(receivers[place] as ListenProcess, event, ledger, agents[place]));
    while (!isStopped) {
      const event = ledger.next();
      const places = random() < everywhere ? receivers.map((_receiver, place) => place) : [index % receivers.length];
      const isTaken = await Promise.all(places.map((place) => to(place, event)));
      // Who is refused does not come back at once.
      if (isTaken.includes(false) && !isStopped) await sleep(20);
    }
    for (const agent of agents) agent.destroy();
  };
  const workers = Array.from({ length: connections }, (_, index) => work(index));
  return {
    counts,
    refusals,
    slowest: () => slowest,
    async stop() {
      isStopped = true;
      await Promise.all(workers);
    },
  };
}

/** Nothing but 200, some of the given other answers, and a 503 now and then, as a slow machine may bring one about. */
export function expectAccepted(counts: ReadonlyMap<string, number>, others: readonly string[] = []): void {
  const known = ['200', '503', ...others];
  expect([...counts.keys()].filter((name) => !known.includes(name))).toEqual([]);
  expect(counts.get('503') ?? 0).toBeLessThan((counts.get('200') ?? 0) / 50);
}

/** Adds the counts of a load to others. */
export function addCounts(sum: Map<string, number>, { counts }: Load): void {
  for (const [name, count] of counts) sum.set(name, (sum.get(name) ?? 0) + count);
}

export function numbersOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ');
}

const STREAMS = ['livechat_events', 'livetex_conversations'];

/** Reads the inbox as a platform does: again and again, each time from where the last read ended. */
export class InboxReader {
  /** Rows of livechat_events, of all reads. */
  readonly events: Row[] = [];
  /** The last row of each conversation. */
  readonly conversations = new Map<string, Row>();
  reads = 0;
  /** How long the last read took, in ms. */
  lastMs = 0;
  readonly #config: unknown;
  readonly #prefix: readonly string[];
  #state: unknown;
  #place = { livechat_events: 0, livetex_conversations: 0 };

  /** `prefix` is a command line that runs the reader. */
  constructor(config: unknown, prefix: readonly string[] = []) {
    this.#config = config;
    this.#prefix = prefix;
  }

  async read(): Promise<void> {
    const started = performance.now();
    const output = await this.#run();
    this.lastMs = Math.round(performance.now() - started);
    expect({ code: output.code, errors: output.errors() }).toEqual({ code: 0, errors: [] });
    for (const stream of STREAMS) expect(output.statuses(stream).at(-1)).toBe('COMPLETE');
    this.reads += 1;
    this.#state = output.lastStates();
    const events = output.rows('livechat_events');
    const conversations = output.rows('livetex_conversations');
    this.#expectOrder('livechat_events', events);
    this.#expectOrder('livetex_conversations', conversations);
    this.events.push(...events);
    expect(new Set(conversations.map((row) => row['conversation_id'])).size).toBe(conversations.length);
    for (const row of conversations) this.conversations.set(String(row['conversation_id']), row);
  }

  /** Places only grow, over all reads. */
  #expectOrder(stream: 'livechat_events' | 'livetex_conversations', rows: readonly Row[]): void {
    let last = this.#place[stream];
    const early = rows.filter((row) => {
      const isEarly = Number(row['inbox_seq']) <= last;
      last = Number(row['inbox_seq']);
      return isEarly;
    });
    this.#place[stream] = last;
    expect(early).toEqual([]);
  }

  async #run(): Promise<EntrypointOutput> {
    const files = {
      config: this.#config,
      catalog: configured(STREAMS),
      ...(this.#state === undefined ? {} : { state: this.#state }),
    };
    if (this.#prefix.length === 0) return sourceChat('read', files);
    const args = Object.entries(files).flatMap(([name, content]) => [`--${name}`, file(content, `${name}.json`)]);
    const [program = '', ...words] = [...this.#prefix, process.execPath, executable('source-chat'), 'read', ...args];
    const finished = await new Promise<Finished>((resolve) => {
      const child = execFile(program, words, { maxBuffer: 1e9 }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
      );
    });
    return new EntrypointOutput(finished);
  }

  /** Holds what was read against the ledger: all that was acknowledged, once, and nothing that was never posted. */
  expectAll(ledger: Pick<Ledger, 'posted' | 'acknowledged'>): void {
    const found = new Map<string, number>();
    const strange: unknown[] = [];
    const enter = (key: string, isRight: (event: PostedEvent) => boolean, row: Row) => {
      const event = ledger.posted.get(key);
      if (event === undefined || !isRight(event)) strange.push(row);
      found.set(key, (found.get(key) ?? 0) + 1);
    };
    for (const row of this.events) {
      const key = String(row['event_id']);
      enter(key, ({ vendor }) => vendor === 'livechat' && row['chat_id'] === `chat ${key}`, row);
    }
    for (const [conversation, row] of this.conversations) {
      for (const { id } of (row['employees'] ?? []) as { id: string }[]) {
        enter(id, (event) => event.conversation === conversation, row);
      }
    }
    const lost = [...ledger.acknowledged].filter((key) => !found.has(key));
    const twice = [...found].filter(([, times]) => times > 1).map(([key]) => key);
    const few = (list: unknown[]) => ({ count: list.length, first: list.slice(0, 3) });
    expect({ lost: few(lost), twice: few(twice), strange: few(strange) }).toEqual({
      lost: few([]),
      twice: few([]),
      strange: few([]),
    });
  }

  /** How many events all reads together have shown. */
  get size(): number {
    const employees = [...this.conversations.values()].map((row) => (row['employees'] as unknown[]).length);
    return this.events.length + employees.reduce((sum, count) => sum + count, 0);
  }

  /** Reads all again at once: that has to be the same as what came bit by bit. */
  async expectSameAtOnce(): Promise<void> {
    const whole = new InboxReader(this.#config, this.#prefix);
    await whole.read();
    const ids = ({ events }: InboxReader) => events.map((row) => row['event_id']);
    expect(ids(whole)).toEqual(ids(this));
    const sorted = ({ conversations }: InboxReader) =>
      [...conversations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    expect(sorted(whole)).toEqual(sorted(this));
  }
}
