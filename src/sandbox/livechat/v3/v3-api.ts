import type { ApiRequest, Reply } from '../../replies.ts';
import type { LivechatAccount } from '../account.ts';
import { V3_SCOPES, type V3Part } from '../options.ts';
import { listArchives, listChats } from './agent-chat.ts';
import { listAgents, listChannels, listGroups } from './configuration.ts';
import { v3Error } from './errors.ts';
import { readV3Request, type V3Request } from './requests.ts';

const PATH = /^\/v(\d+\.\d+)\/((?:configuration|agent)\/action\/\w+)$/;
const VERSION = '3.6';

interface Action {
  readonly answer: (request: V3Request, account: LivechatAccount) => Reply;
  /** What has to be allowed. */
  readonly part?: V3Part;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  'configuration/action/list_channels': { answer: listChannels },
  'configuration/action/list_agents': { answer: listAgents, part: 'agents' },
  'configuration/action/list_groups': { answer: listGroups, part: 'groups' },
  'agent/action/list_archives': { answer: listArchives, part: 'chats' },
  'agent/action/list_chats': { answer: listChats, part: 'chats' },
};

export function isV3Path(path: string): boolean {
  return /^\/v3\.\d+\//.test(path);
}

/** The Configuration and Agent Chat APIs v3.6 as livechat-api §3 describes them. The path has to be one of theirs. */
export function answerV3(request: ApiRequest, account: LivechatAccount): Reply {
  const { legacy, deprecation } = account.options.livechat;
  const headers = {
    ...(legacy === null ? {} : { legacy }),
    ...(deprecation === null ? {} : { deprecation }),
    'x-debug-id': `debug-${account.now()}`,
  };
  return { ...answer(request, account), headers };
}

function answer({ method, path, headers, body }: ApiRequest, account: LivechatAccount): Reply {
  const { errorsAsOk, region, errorV3, forbiddenV3 } = account.options.livechat;
  const refuse = (...[type, message, data]: [Parameters<typeof v3Error>[0], string, object?]) =>
    v3Error(type, message, errorsAsOk, data);
  const [, version, name = ''] = PATH.exec(path) ?? [];
  const action = ACTIONS[name];
  if (version !== undefined && version !== VERSION) return refuse('unsupported_version', 'Unsupported version');
  if (action === undefined) return refuse('not_found', 'Requested action does not exist');
  if (method !== 'POST') return refuse('validation', `Method ${method} not allowed`);
  if (headers.authorization === undefined) return refuse('authentication', 'No `Authorization` header');
  if (!account.tokens.admits(headers.authorization, account.now())) {
    return refuse('authentication', 'Invalid access token');
  }
  if (region !== null && headers['x-region'] !== region) {
    return refuse('misdirected_request', 'Wrong region', { region });
  }
  const queued = account.errors.take();
  if (queued !== undefined) return refuse(queued.type, queued.message ?? wordsOf(queued.type), queued.data);
  if (errorV3 !== null) return refuse(errorV3, wordsOf(errorV3));
  if (action.part !== undefined && forbiddenV3.includes(action.part)) {
    return refuse('authorization', `Missing scope(s): ${V3_SCOPES[action.part]}`);
  }
  const type = String(headers['content-type'] ?? '');
  const parsed = /^application\/json\b/i.test(type) ? readV3Request(body) : undefined;
  if (parsed === undefined) return refuse('validation', 'the body must be a JSON object');
  return action.answer(parsed, account);
}

/** A sentence for a type of error; that of the rate limit is the vendor's. */
function wordsOf(type: string): string {
  if (type === 'too_many_requests') return 'rate limit exceeded. It will be unblocked automatically after some time';
  return `The sandbox was told to answer ${type}`;
}
