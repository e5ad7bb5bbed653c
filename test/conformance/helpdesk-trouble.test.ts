import { describe, expect, test } from 'vitest';
import type { Fault, FaultKind } from '../../src/sandbox/faults.ts';
import { SANDBOX_ACCESS_TOKEN, SANDBOX_ACCOUNT_ID } from '../../src/sandbox/options.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { checkFailure, configured, type EntrypointOutput, sourceChat } from '../helpers/airbyte.ts';
import { sandboxFor, UNLIMITED, upserted } from '../helpers/sandbox.ts';
import { tapChat } from '../helpers/singer.ts';

const NAME = 'livechat_tickets';
const TICKETS = configured([NAME]);
const ALL = configured(['livechat_agents', NAME, 'livechat_chats']);

function wanted(sandbox: Sandbox): Map<string, Record<string, unknown>> {
  return upserted(sandbox.oracle.tickets('helpdesk', ['tickets', 'archive']));
}

function expectOthersRead(output: EntrypointOutput): void {
  for (const stream of ['livechat_agents', 'livechat_chats']) {
    expect(output.statuses(stream).at(-1)).toBe('COMPLETE');
    expect(output.records(stream).length).toBeGreaterThan(0);
  }
}

/** The one error of a run that is about tickets; the other streams have gone on. */
function ticketError(output: EntrypointOutput): { failure_type: string; message: string } {
  expect(output.code).toBe(1);
  expect(output.errors()).toHaveLength(1);
  expect(output.errors()[0]?.stream_descriptor).toEqual({ name: NAME });
  expect(output.statuses(NAME).at(-1)).toBe('INCOMPLETE');
  expectOthersRead(output);
  return output.errors()[0] as { failure_type: string; message: string };
}

describe('HelpDesk on a bad day', () => {
  test.each<[FaultKind]>([['500'], ['503'], ['reset'], ['truncated'], ['html']])(
    '%s now and then costs time, not records',
    async (fault) => {
      const sandbox = await sandboxFor({ tickets: 400, faults: [fault], faultEvery: 4 });
      const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: TICKETS });
      expect(output.code).toBe(0);
      const good = sandbox.calls.outcomes['200'] ?? 0;
      expect(sandbox.calls.count).toBeGreaterThan(good);
      expect(upserted(output.rows(NAME))).toEqual(wanted(sandbox));
      // All calls are counted, those that failed as well.
      expect(output.logs().at(-1)?.message).toContain(`LiveChat: ${sandbox.calls.count} calls`);
    },
  );

  test('a storm of 429 is outlasted, with one call for each refusal', async () => {
    const sandbox = await sandboxFor({ tickets: 200 });
    sandbox.faults.queue('429-seconds', '429-epoch', '429-date', '429-seconds');
    const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: TICKETS });
    expect(output.code).toBe(0);
    expect(upserted(output.rows(NAME))).toEqual(wanted(sandbox));
    expect(sandbox.calls.count).toBe(4 + (sandbox.calls.outcomes['200'] ?? 0));
    expect(output.logs().at(-1)?.message).toMatch(/\d s waited for quota/);
  });

  test('a failure in the middle keeps what came before, with counts that add up, and is resumed from there', async () => {
    let calls = 0;
    const sandbox = await sandboxFor(
      { tickets: 900 },
      {
        onCall() {
          calls += 1;
          if (calls === 8) sandbox.faults.queue(...Array.from({ length: 3 }, (): Fault => 'html'));
        },
      },
    );
    const config = sandbox.tokenConfig(UNLIMITED);
    const first = await sourceChat('read', { config, catalog: TICKETS });
    expect(first.code).toBe(1);
    expect(first.statuses(NAME)).toEqual(['STARTED', 'RUNNING', 'INCOMPLETE']);
    const counted = first.states().reduce((sum, state) => sum + state.sourceStats.recordCount, 0);
    expect(counted).toBe(first.records().length);
    expect(counted).toBeGreaterThan(200);
    const second = await sourceChat('read', { config, catalog: TICKETS, state: first.lastStates() });
    expect(second.code).toBe(0);
    expect(upserted([...first.rows(NAME), ...second.rows(NAME)])).toEqual(wanted(sandbox));
    expect(first.records().length + second.records().length).toBe(wanted(sandbox).size);
  });
});

describe('what the account or the token does not have', () => {
  test('no HelpDesk: agents and chats are read, tickets say why; the check succeeds and warns', async () => {
    const sandbox = await sandboxFor({ tickets: 60, livechat: { chats: 60, helpdeskBought: false } });
    const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: ALL });
    expect(ticketError(output)).toMatchObject({
      failure_type: 'config_error',
      message: expect.stringMatching(
        /^livechat_tickets: HelpDesk knows no valid licence for listing tickets \(tickets\) \(HTTP 402: “License not found”\)/,
      ),
    });
    const check = await sourceChat('check', { config: sandbox.tokenConfig() });
    expect(check.connectionStatus.status).toBe('SUCCEEDED');
    const warnings = check.logs().filter((log) => log.level === 'WARN');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toMatch(/^livechat_tickets: .*The other streams can be loaded: deselect this one\.$/);
  });

  test('no right to read tickets: the right is named', async () => {
    const sandbox = await sandboxFor({ tickets: 60, livechat: { chats: 60, forbiddenHelpdesk: ['tickets'] } });
    const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: ALL });
    const { failure_type, message } = ticketError(output);
    expect(failure_type).toBe('config_error');
    expect(message).toMatch(/HelpDesk refuses listing tickets .*HTTP 403.*accounts--my:ro/);
    expect(sandbox.calls.outcomes['403']).toBe(1);
    expect(await checkFailure(sandbox.tokenConfig())).toContain('accounts--my:ro');
  });

  test('no right to read teams and tags: tickets have ids in their place, and there is a warning for each', async () => {
    const sandbox = await sandboxFor({ tickets: 200, livechat: { forbiddenHelpdesk: ['teams', 'tags'] } });
    const output = await sourceChat('read', { config: sandbox.tokenConfig(UNLIMITED), catalog: TICKETS });
    expect(output.code).toBe(0);
    const warnings = output.logs().filter((log) => log.level === 'WARN');
    expect(warnings.map(({ message }) => /in place of the names of (\w+)\.$/.exec(message)?.[1]).sort()).toEqual([
      'tags',
      'teams',
    ]);
    const rows = wanted(sandbox);
    expect(output.records()).toHaveLength(rows.size);
    for (const row of output.rows(NAME)) {
      const { teams, tags, ...others } = rows.get(String(row['id'])) as { teams: { id: string }[]; tags: unknown };
      expect(row).toMatchObject({ ...others, teams: teams.map(({ id }) => ({ id, name: null })) });
      if (tags === null) expect(row['tags']).toBeNull();
    }
    const named = output.rows(NAME).flatMap((row) => row['tags'] ?? []);
    expect(named.length).toBeGreaterThan(20);
    for (const tag of named) expect(tag).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('wrong input', () => {
  test.each([
    [['tickets', 'attic'], 'livechat.silos[1] must be "tickets" or "archive" or "spam" or "trash", not "attic"'],
    [['tickets', null], 'livechat.silos[1] must be text, not null'],
    [[], 'livechat.silos is empty'],
    ['tickets', 'livechat.silos must be a list'],
    [['spam', 'tickets', 'spam'], 'livechat.silos has "spam" twice'],
  ])('silos: %j is said to be wrong before any call', async (silos, words) => {
    const sandbox = await sandboxFor();
    expect(await checkFailure(sandbox.tokenConfig({ silos }))).toContain(words);
    expect(sandbox.calls.count).toBe(0);
  });

  test('silos in a variable are a list in JSON, as Meltano writes it', async () => {
    const sandbox = await sandboxFor({ tickets: 200 });
    const config = sandbox.tokenConfig(UNLIMITED);
    const given = (silos: string) => tapChat({ config }, ['--config=ENV'], { env: { TAP_CHAT_LIVECHAT_SILOS: silos } });
    const [list, text] = await Promise.all([given('["spam"]'), given('spam')]);
    expect(upserted(list.rows(NAME))).toEqual(upserted(sandbox.oracle.tickets('helpdesk', ['spam'])));
    expect(text.stderr).toContain('livechat.silos must be a list, not "spam"');
  });

  test.each([
    ['of an API key with a token', 'config', 'tokenConfig', "LiveChat's REST API v2", 'HelpDesk'],
    ['of a token with an API key', 'tokenConfig', 'config', 'HelpDesk', "LiveChat's REST API v2"],
  ] as const)('the state %s: tickets say so and stop, the rest is read', async (_what, before, after, from, to) => {
    const sandbox = await sandboxFor({ tickets: 60, livechat: { chats: 60 } });
    const first = await sourceChat('read', { config: sandbox[before](UNLIMITED), catalog: TICKETS });
    expect(first.records().length).toBeGreaterThan(0);
    const config = sandbox[after](UNLIMITED);
    const output = await sourceChat('read', { config, catalog: ALL, state: first.lastStates() });
    const { failure_type, message } = ticketError(output);
    expect(failure_type).toBe('config_error');
    expect(message).toContain(`its tickets came from ${from}, and these credentials read them from ${to}`);
    expect(message).toContain('Reset the stream');
    expect(output.records(NAME)).toEqual([]);
    // The state stays as it was: with the former credentials it goes on.
    const state = output.lastStates().find(({ stream }) => stream.stream_descriptor.name === NAME);
    expect(state?.stream.stream_state).toEqual(first.lastStates()[0]?.stream.stream_state);
    const back = await sourceChat('read', { config: sandbox[before](UNLIMITED), catalog: TICKETS, state: [state] });
    expect(back.code).toBe(0);
    expect(back.records()).toEqual([]);
  });
});

describe('X4: what is secret', () => {
  test('neither credentials nor what opens attachments is in any byte of output, whatever happens', async () => {
    const sandbox = await sandboxFor({ tickets: 300, surprises: true, faults: ['503', 'html'], faultEvery: 5 });
    const config = sandbox.tokenConfig({ ...UNLIMITED, silos: ['tickets', 'archive', 'spam', 'trash'] });
    const wrong = sandbox.tokenConfig({
      credentials: { auth_type: 'personal_access_token', account_id: SANDBOX_ACCOUNT_ID, token: 'dal:wrong-s3cret' },
    });
    const oauth = sandbox.oauthConfig(UNLIMITED);
    const env = { LOG_LEVEL: 'debug' };
    const outputs = await Promise.all([
      sourceChat('read', { config, catalog: TICKETS }, { env }),
      tapChat({ config }, ['--debug']),
      sourceChat('read', { config: wrong, catalog: TICKETS }, { env }),
      sourceChat('read', { config: oauth, catalog: TICKETS }, { env }),
    ]);
    const [whole] = outputs;
    // There were attachments, and they are described.
    expect(whole.stdout).toContain('"sha256"');
    const secrets = [SANDBOX_ACCESS_TOKEN, 'dal:wrong-s3cret'].flatMap((token) => [
      token,
      token.slice(token.indexOf(':') + 1),
      encodeURIComponent(token),
      Buffer.from(`${SANDBOX_ACCOUNT_ID}:${token}`).toString('base64').slice(-24, -4),
      Buffer.from(token).toString('base64').slice(0, -4),
    ]);
    expect(sandbox.livechatTokens.issued).toBeGreaterThan(0);
    const all = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    for (const secret of [...secrets, 'secret-file-token', 'files.helpdesk.example', 'signature=']) {
      expect(all.includes(secret), secret).toBe(false);
    }
  });
});
