import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/server.ts';
import { rowsOf } from '../../../helpers/contract.ts';
import { currentVendor } from '../../../helpers/current-vendor.ts';

const signal = new AbortController().signal;
const STREAMS = ['livechat_agents', 'livechat_tickets', 'livechat_chats'];
const withToken = (sandbox: Sandbox) => sandbox.tokenConfig();
const withKey = (sandbox: Sandbox) => sandbox.config();

/** What a promise is rejected with. */
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: Error & { kind: string }) => error,
  );

describe('a token without a scope', () => {
  const SCOPES: [string, object, string, string][] = [
    ['agents', { forbiddenV3: ['agents'] }, 'livechat_agents', 'read agents (scope agents--all:ro)'],
    ['chats', { forbiddenV3: ['chats'] }, 'livechat_chats', 'read chats (scope chats--all:ro)'],
    [
      'tickets',
      { forbiddenHelpdesk: ['tickets'] },
      'livechat_tickets',
      'read HelpDesk tickets (scope accounts--my:ro)',
    ],
  ];

  test.each(SCOPES)('C2: for %s: scope and stream are named, and no other', async (_what, livechat, name, right) => {
    for (const errorsAsOk of [false, true]) {
      const { vendor, stream } = await currentVendor({ livechat: { ...livechat, errorsAsOk } }, withToken);
      const { kind, message } = await failure(vendor.check({ signal }));
      expect(kind).toBe('config');
      expect(message).toMatch(new RegExp(`^${name}: (LiveChat|HelpDesk) refuses listing`));
      expect(message).toContain(`The credentials need the right to ${right}`);
      for (const other of STREAMS.filter((one) => one !== name)) expect(message).not.toContain(other);
      for (const other of STREAMS) {
        if (other === name) expect((await failure(rowsOf(stream(other)))).message).toContain(right);
        else expect((await rowsOf(stream(other))).length).toBeGreaterThan(0);
      }
    }
  });

  test('C1: for groups: agents come without the names of their groups, which is said', async () => {
    const { sandbox, vendor, stream } = await currentVendor({ livechat: { forbiddenV3: ['groups'] } }, withToken);
    await vendor.check({ signal });
    const rows = await rowsOf(stream('livechat_agents'));
    expect(rows).toHaveLength(12);
    const groups = rows.flatMap((row) => (row['groups'] ?? []) as { name: unknown }[]);
    expect(groups.length).toBeGreaterThan(0);
    expect(groups.filter(({ name }) => name !== null)).toEqual([]);
    expect(sandbox.calls.outcomes['403']).toBe(1);
  });
});

describe('REST v2 that is gone', () => {
  test.each(['404', '410', 'unsupported_version'] as const)(
    'C2: %s: says what to switch to, and what that means for the tickets; one call a stream',
    async (v2Gone) => {
      const { sandbox, vendor, stream } = await currentVendor({ livechat: { v2Gone } }, withKey);
      const asked = [() => vendor.check({ signal }), ...STREAMS.map((name) => () => rowsOf(stream(name)))];
      for (const ask of asked) {
        sandbox.calls.clear();
        const { kind, message } = await failure(ask());
        expect(kind).toBe('config');
        expect(message).toContain(
          'Switch livechat.credentials to a personal access token (auth_type personal_access_token)',
        );
        expect(message).toContain('reset livechat_tickets, since HelpDesk has other ids');
        expect(sandbox.calls.count).toBe(1);
      }
    },
  );

  test('a day without chats, or a ticket list that is empty, does not mean that', async () => {
    const { vendor, stream } = await currentVendor({ tickets: 0, livechat: { chats: 0 } }, withKey);
    await vendor.check({ signal });
    expect(await rowsOf(stream('livechat_tickets'))).toEqual([]);
  });
});

test.each(['legacy', 'deprecation'] as const)(
  'the header %s of every answer: one warning with the day, whatever is read',
  async (word) => {
    const { vendor, stream, logs } = await currentVendor({ livechat: { [word]: '2027-03-31' } }, withToken);
    await vendor.check({ signal });
    for (const name of STREAMS) await rowsOf(stream(name));
    expect(logs.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining('until 2027-03-31: update source-chat before then.'),
    ]);
  },
);

test('X6: a token that is revoked in mid-run ends the stream with what to do, and no further call is made with it', async () => {
  let calls = 0;
  const { sandbox, stream } = await currentVendor({ livechat: { chats: 350 } }, withToken, {
    onCall: (path) => {
      if (path.endsWith('/list_archives')) calls += 1;
      if (calls === 3) sandbox.livechatErrors.add({ type: 'authentication', message: 'Invalid access token' });
    },
  });
  expect((await failure(rowsOf(stream('livechat_chats')))).message).toMatch(
    /does not accept the credentials .* has to be replaced\.$/,
  );
  await failure(rowsOf(stream('livechat_agents')));
  // One for what is going on, and three pages.
  expect(sandbox.calls.count).toBe(4);
});
