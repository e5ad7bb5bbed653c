import type { Clock } from '../../core/clock.ts';
import type { TicketShelf } from '../livechat/ticket-shelf.ts';
import { livechatEvent } from '../livechat/webhooks/event-sequence.ts';
import { type EventInMaking, unforeseenLivechatEvent } from '../livechat/webhooks/livechat-event.ts';
import type { LivetexAccount } from '../livetex/account.ts';
import { newsOf } from '../livetex/conversation-news.ts';
import { type Happening, happeningsBetween } from '../livetex/happenings.ts';
import { livetexBody, unforeseenLivetexBody } from '../livetex/webhook-bodies.ts';
import type { SandboxOptions, WebhookTargets } from '../options.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { createPoster, type PostAnswer } from './poster.ts';
import type { LivechatWebhook, LivetexWebhook, Webhook, WebhookCounters } from './webhook.ts';

/** The vendors' webhooks. What is posted resolves when it is delivered or refused for good; it never rejects for that. */
export interface Webhooks {
  readonly counters: Readonly<WebhookCounters>;
  /** Where they go from now on, also those that wait for a further try. A vendor that is not named posts none. */
  setTargets(targets: WebhookTargets): void;
  /** Posts the next so many events of LiveChat. */
  post(count: number): Promise<void>;
  /** Posts what has happened at LiveTex since it was last asked, or since it has had an address. */
  postLivetex(): Promise<void>;
  /** Posts the next that happens at LiveTex, whose time goes on to it; when little goes on there, a new chat begins. */
  postNextLivetex(): Promise<void>;
  /** Posts the last so many that were delivered once more, when all is settled: the vendors deliver at least once. */
  again(count: number): Promise<void>;
  /** Posts, for each vendor with an address, an event that nobody could foresee. */
  unforeseen(): Promise<void>;
  /** Resolves when everything is delivered or refused for good, or the sandbox is closed. */
  settled(): Promise<void>;
}

/** The same for the sandbox itself. */
export interface WebhookOffice extends Webhooks {
  /** What was answered with 2xx, each event once, in the order of delivery. */
  delivered(): { readonly livetex: readonly LivetexWebhook[]; readonly livechat: readonly LivechatWebhook[] };
  close(): void;
}

export interface WebhookSources {
  readonly options: SandboxOptions;
  readonly tickets: TicketShelf;
  readonly livetex: LivetexAccount;
  readonly clock: Clock;
}

/** When LiveTex has nothing to tell for so long, a new chat begins. */
const QUIET_MS = 30 * 60_000;

const UNREACHABLE: PostAnswer = { status: undefined, retryAfter: undefined };

export function createWebhooks({ options, tickets, livetex, clock }: WebhookSources): WebhookOffice {
  const poster = createPoster(clock, options.webhookGzip);
  const delivered = new Set<Webhook>();
  const queue = new DeliveryQueue({
    clock,
    inFlight: options.webhooksInFlight,
    retryMs: options.webhookRetryMs,
    async send({ vendor, body }, closing) {
      const url = targets[vendor];
      return url === undefined ? UNREACHABLE : poster.post(url, body, closing);
    },
    onDelivered: (webhook) => delivered.add(webhook),
  });
  let targets: WebhookTargets = {};
  let livechatEvents = 0;
  let surprises = 0;
  /** Until when LiveTex has told what happened. */
  let told = livetex.now();

  const add = async (webhooks: readonly Webhook[]) => {
    await Promise.all(webhooks.map((webhook) => queue.add(webhook)));
  };

  const office: WebhookOffice = {
    counters: queue.counters,
    setTargets(next) {
      for (const url of [next.livetex, next.livechat]) if (url !== undefined) new URL(url);
      // What happened before it had an address was told nobody.
      if (targets.livetex === undefined) told = livetex.now();
      targets = { ...next };
    },
    async post(count) {
      if (targets.livechat === undefined) throw new Error('LiveChat has no address to post webhooks to.');
      const first = livechatEvents;
      livechatEvents += count;
      await add(Array.from({ length: count }, (_, n) => livechatWebhook(livechatEvent(options, tickets, first + n))));
    },
    async postLivetex() {
      const now = livetex.now();
      if (now <= told) return;
      const since = told;
      told = now;
      if (targets.livetex === undefined) return;
      await add(happeningsBetween(livetex, since, now).map((happening) => livetexWebhook(happening, livetex)));
    },
    async postNextLivetex() {
      if (targets.livetex === undefined) throw new Error('LiveTex has no address to post webhooks to.');
      const next = nextHappenings(livetex, told);
      told = (next[0] as Happening).at;
      livetex.advance(Math.max(told - livetex.now(), 0));
      await add(next.map((happening) => livetexWebhook(happening, livetex)));
    },
    async again(count) {
      await queue.settled();
      await add(count > 0 ? [...delivered].slice(-count) : []);
    },
    async unforeseen() {
      surprises += 1;
      const body = JSON.stringify(unforeseenLivetexBody(surprises));
      await add([
        ...(targets.livetex === undefined
          ? []
          : [{ vendor: 'livetex', lane: `unforeseen ${surprises}`, body, news: null } as const]),
        ...(targets.livechat === undefined ? [] : [livechatWebhook(unforeseenLivechatEvent(surprises))]),
      ]);
    },
    settled: () => queue.settled(),
    delivered: () => ({
      livetex: [...delivered].filter((webhook) => webhook.vendor === 'livetex'),
      livechat: [...delivered].filter((webhook) => webhook.vendor === 'livechat'),
    }),
    close() {
      stop();
      queue.close();
      poster.close();
    },
  };
  office.setTargets(options.webhooks);

  /** One event of each vendor; none as long as one from before is under way. */
  const onTurn = () => {
    if (!queue.isIdle) return;
    if (targets.livechat !== undefined) void office.post(1);
    if (targets.livetex !== undefined) void office.postNextLivetex();
  };
  const { webhookEverySeconds: every } = options;
  const stop = every > 0 ? clock.every(every * 1000, onTurn) : () => {};
  return office;
}

/** What happens next after `told` at LiveTex: one thing, or several at the same instant. */
function nextHappenings(account: LivetexAccount, told: number): Happening[] {
  while (true) {
    const found = happeningsBetween(account, told, Math.max(told, account.now()) + QUIET_MS);
    const [first] = found;
    if (first !== undefined) return found.filter(({ at }) => at === first.at);
    account.chats.insert(Math.max(told + 1, account.now()));
  }
}

function livetexWebhook(happening: Happening, account: LivetexAccount): LivetexWebhook {
  const news = newsOf(happening, account);
  return { vendor: 'livetex', lane: news.conversationId, body: JSON.stringify(livetexBody(news)), news };
}

function livechatWebhook({ lane, uniqueId, body, row }: EventInMaking): LivechatWebhook {
  const text = JSON.stringify(body);
  return { vendor: 'livechat', lane, body: text, key: uniqueId ?? text, row };
}
