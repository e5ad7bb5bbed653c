import { describe, expect, test } from 'vitest';
import { V3_ERRORS, type V3ErrorType } from '../../../../src/sandbox/livechat/options.ts';
import { rowsOf } from '../../../helpers/contract.ts';
import { currentVendor, pathsOf } from '../../../helpers/current-vendor.ts';

const signal = new AbortController().signal;

/** What each type of error amounts to (livechat-api §3.3): the kind, words of its message, and the calls that a check and a read make. */
const OUTCOMES: Record<V3ErrorType, readonly [kind: string, words: RegExp, check: number, read: number]> = {
  authentication: ['config', /does not accept the credentials.*Check livechat\.credentials: account_id/, 1, 1],
  // The first call of a check needs no right: whoever is refused there lacks more than one.
  authorization: ['config', /need the right to (use the account|read agents \(scope agents--all:ro\))/, 1, 1],
  missing_access: ['config', /need the right to (use the account|read agents \(scope agents--all:ro\))/, 1, 1],
  license_expired: ['config', /no valid licence.*subscription may have ended/, 1, 1],
  license_not_found: ['config', /no valid licence.*subscription may have ended/, 1, 1],
  wrong_product_version: ['config', /no valid licence.*subscription may have ended, or not include it/, 1, 1],
  unsupported_version: ['config', /may have ended version 3\.6 of its API: update source-chat/, 1, 1],
  validation: ['system', /please report it/, 1, 1],
  not_found: ['config', /does not know the address.*livechat\.base_url/, 1, 1],
  // As long as the limit for storms lets it.
  limit_reached: ['transient', /too many.*lower calls_per_minute/, 0, 0],
  too_many_requests: ['transient', /too many.*lower calls_per_minute/, 0, 0],
  // Without a region that could be tried.
  misdirected_request: ['system', /please report it/, 1, 1],
  internal: ['transient', /LiveChat failed while .* after (3|6) attempts/, 3, 6],
  service_unavailable: ['transient', /LiveChat failed while .* after (3|6) attempts/, 3, 6],
  request_timeout: ['transient', /LiveChat failed while .* after (3|6) attempts/, 3, 6],
};

const EVERY = Object.keys(V3_ERRORS) as V3ErrorType[];

describe.each([false, true])('errors of API v3.6 (with HTTP 200: %s)', (errorsAsOk) => {
  test.each(EVERY)('%s: kind, words and calls of a check and a read', async (errorV3) => {
    const [kind, words, checkCalls, readCalls] = OUTCOMES[errorV3];
    const { sandbox, vendor } = await currentVendor({ livechat: { errorV3, errorsAsOk } }, (box) => box.tokenConfig());
    const failure = expect.objectContaining({ kind, message: expect.stringMatching(words) });
    await expect(vendor.check({ signal })).rejects.toEqual(failure);
    if (checkCalls > 0) expect(sandbox.calls.count).toBe(checkCalls);
    else expect(sandbox.calls.count).toBeLessThan(12);

    // A new one, for what was refused once is not asked again.
    const other = await currentVendor({ livechat: { errorV3, errorsAsOk } }, (box) => box.tokenConfig());
    await expect(rowsOf(other.stream('livechat_agents'))).rejects.toEqual(failure);
    if (readCalls > 0) expect(other.sandbox.calls.count).toBe(readCalls);
    else expect(other.sandbox.calls.count).toBeLessThan(100);
  });

  test.each(EVERY)("%s: the vendor's words are in the message", async (type) => {
    const { sandbox, stream } = await currentVendor({ livechat: { errorsAsOk } }, (box) => box.tokenConfig());
    sandbox.livechatErrors.add(...Array.from({ length: 200 }, () => ({ type, message: 'Words of the vendor' })));
    await expect(rowsOf(stream('livechat_chats'))).rejects.toThrow('“Words of the vendor”');
  });

  test('what passes is waited for: the rows come, and nothing is logged as a failure', async () => {
    for (const type of ['too_many_requests', 'internal', 'service_unavailable', 'request_timeout'] as const) {
      const { sandbox, stream, logs } = await currentVendor({ livechat: { errorsAsOk } }, (box) => box.tokenConfig());
      sandbox.livechatErrors.add({ type }, { type });
      expect(await rowsOf(stream('livechat_chats'))).toHaveLength(5);
      expect(logs.filter((line) => /^(warn|error)/.test(line))).toEqual([]);
      expect(logs.filter((line) => line.includes('trying again in'))).toHaveLength(2);
    }
  });

  test('a region is asked for once in a process, and sent with every later call of LiveChat', async () => {
    const { sandbox, vendor, stream, logs } = await currentVendor(
      { livechat: { errorsAsOk, region: 'fra-a' } },
      (box) => box.tokenConfig(),
    );
    await vendor.check({ signal });
    for (const name of ['livechat_agents', 'livechat_chats', 'livechat_tickets']) await rowsOf(stream(name));
    const misdirected = logs.filter((line) => line.includes('x-region: fra-a'));
    expect(misdirected).toHaveLength(1);
    const [first, second] = pathsOf(sandbox);
    expect(second).toBe(first);
    expect(pathsOf(sandbox).slice(2)).not.toContain(first);
    const refused = sandbox.calls.outcomes['421'] ?? 0;
    expect(refused).toBe(errorsAsOk ? 0 : 1);
  });

  test('a region that could not stand in a header is not sent', async () => {
    for (const region of ['dal\r\nx-evil: 1', '', 'a b', 'x'.repeat(99), 7]) {
      const { sandbox, stream, logs } = await currentVendor({ livechat: { errorsAsOk } }, (box) => box.tokenConfig());
      sandbox.livechatErrors.add({ type: 'misdirected_request', message: 'Wrong region', data: { region } });
      await expect(rowsOf(stream('livechat_agents'))).rejects.toThrow('Wrong region');
      expect(sandbox.calls.count).toBe(1);
      expect(logs.join()).not.toContain('x-region');
    }
  });
});

test('a type that nobody has heard of is an error, too, and said in the words of the vendor', async () => {
  const { sandbox, stream } = await currentVendor({ livechat: { errorsAsOk: true } }, (box) => box.tokenConfig());
  const type = 'entirely_new' as V3ErrorType;
  sandbox.livechatErrors.add({ type, message: 'Something else' });
  await expect(rowsOf(stream('livechat_agents'))).rejects.toMatchObject({
    kind: 'system',
    status: 400,
    message: expect.stringContaining('“Something else”'),
  });
  expect(sandbox.calls.count).toBe(1);
});
