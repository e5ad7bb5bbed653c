import type { ServerResponse } from 'node:http';
import type { CallLog } from './call-log.ts';
import { FAULT_KINDS, type FaultKind, type FaultPlan } from './faults.ts';
import type { LivechatAccount } from './livechat/account.ts';
import { SILOS, type Silo } from './livechat/ticket-data.ts';
import type { TicketShelf } from './livechat/ticket-shelf.ts';
import type { LivetexAccount } from './livetex/account.ts';
import type { SandboxOptions } from './options.ts';
import type { Oracle } from './oracle.ts';
import { noise } from './random.ts';
import { sendJson, sendLines } from './replies.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** What the controls have in hand. */
export interface Controlled {
  readonly options: SandboxOptions;
  readonly tickets: TicketShelf;
  readonly livechat: LivechatAccount;
  readonly livetex: LivetexAccount;
  readonly oracle: Oracle;
  readonly calls: CallLog;
  readonly faults: FaultPlan;
  readonly webhooks: Webhooks;
  /** Lets so many ms pass at LiveTex. */
  advance(ms: number): void;
  now(): number;
}

/** For the demo and for people with curl: what was called, what must be found, and a change at the vendor. */
export function createControls(controlled: Controlled) {
  const { options, tickets, livechat, livetex, oracle, calls, faults, webhooks, advance, now } = controlled;
  let modifications = 0;
  let happenings = 0;
  return (url: URL, response: ServerResponse) => {
    switch (url.pathname) {
      case '/_sandbox/calls':
        return sendJson(response, 200, { count: calls.count, outcomes: calls.outcomes, calls: calls.calls });
      case '/_sandbox/oracle': {
        const { searchParams: query } = url;
        const rows = expectedRows(oracle, query.get('stream') ?? 'livechat_tickets', query.get('api') ?? undefined);
        return rows === undefined ? sendJson(response, 404, { error: 'no such stream' }) : sendLines(response, rows);
      }
      case '/_sandbox/modify': {
        const count = Number(url.searchParams.get('count') ?? '1');
        for (let n = 0; n < count && tickets.size > 0; n += 1) {
          modifications += 1;
          tickets.modify(noise(options.seed, modifications, 101) % tickets.size, now());
        }
        return sendJson(response, 200, { modified: count });
      }
      case '/_sandbox/create':
        return sendJson(response, 200, { id: tickets.ticket(tickets.create(now()))?.id });
      case '/_sandbox/move': {
        const silo = SILOS.find((name) => name === (url.searchParams.get('silo') ?? 'archive'));
        if (silo === undefined) return sendJson(response, 400, { error: `silo must be one of ${SILOS.join(', ')}` });
        modifications += 1;
        const id = moveOne(tickets, silo, noise(options.seed, modifications, 101), now());
        return sendJson(response, 200, { id, silo });
      }
      case '/_sandbox/chats': {
        const count = Number(url.searchParams.get('count') ?? '1');
        for (let n = 0; n < count; n += 1) {
          happenings += 1;
          livechat.chats.happen(happenings, now());
        }
        return sendJson(response, 200, { happened: count });
      }
      case '/_sandbox/revoke':
        livechat.tokens.revokeAccessTokens();
        return sendJson(response, 200, { issued: livechat.tokens.issued });
      case '/_sandbox/advance': {
        const hours = Number(url.searchParams.get('hours') ?? '1');
        if (!Number.isFinite(hours)) return sendJson(response, 400, { error: 'hours must be a number' });
        advance(Math.round(hours * 3_600_000));
        return sendJson(response, 200, { now: new Date(livetex.now()).toISOString() });
      }
      case '/_sandbox/webhooks': {
        const count = Number(url.searchParams.get('count') ?? '0');
        if (!Number.isInteger(count) || count < 0) return sendJson(response, 400, { error: 'count must be a number' });
        if (count === 0) return sendJson(response, 200, webhooks.counters);
        return webhooks.post(count).then(
          () => sendJson(response, 200, webhooks.counters),
          (error: Error) => sendJson(response, 400, { error: error.message }),
        );
      }
      case '/_sandbox/faults': {
        const kinds = (url.searchParams.get('kinds') ?? '').split(',').filter((kind) => kind !== '');
        const unknown = kinds.find((kind) => !FAULT_KINDS.includes(kind as FaultKind));
        if (unknown !== undefined) return sendJson(response, 400, { error: `no such fault: ${unknown}` });
        faults.set(kinds as FaultKind[], Number(url.searchParams.get('every') ?? options.faultEvery));
        return sendJson(response, 200, { kinds });
      }
      default:
        return sendJson(response, 404, { error: 'not a control of the sandbox' });
    }
  };
}

/** Moves a ticket that is in another silo; returns its short id, or null when there is none. */
function moveOne(tickets: TicketShelf, silo: Silo, from: number, now: number): string | null {
  for (let n = 0; n < tickets.size; n += 1) {
    const number = (from + n) % tickets.size;
    const shelved = tickets.shelved(number);
    if (shelved === undefined || shelved.silo === silo) continue;
    tickets.moveToSilo(number, silo, now);
    return shelved.ticket.id;
  }
  return null;
}

/** The rows of a stream, those of LiveChat by the API that brings them: `rest_v2`, or `helpdesk` and `v3` for those of today. */
function expectedRows(oracle: Oracle, stream: string, api: string | undefined) {
  const isToday = api === 'helpdesk' || api === 'v3';
  if (api !== undefined && api !== 'rest_v2' && !isToday) return undefined;
  switch (stream) {
    case 'livechat_tickets':
      return oracle.tickets(isToday ? 'helpdesk' : 'rest_v2');
    case 'livechat_agents':
      return oracle.agents(isToday ? 'v3' : 'rest_v2');
    case 'livechat_chats':
      return oracle.chats(isToday ? 'v3' : 'rest_v2');
    case 'livetex_chats':
      return oracle.livetexChats();
    case 'livetex_leads':
      return oracle.livetexLeads();
    case 'livetex_conversations':
      return oracle.livetexConversations();
    case 'livechat_events':
      return oracle.livechatEvents();
    default:
      return undefined;
  }
}
