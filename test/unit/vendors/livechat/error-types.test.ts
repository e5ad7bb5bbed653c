import { describe, expect, test } from 'vitest';
import { helpdeskStatusIn, regionIn, statusIn } from '../../../../src/vendors/livechat/error-types.ts';

const error = (type: unknown, data?: object) => ({ error: { type, message: 'No', ...(data && { data }) } });

describe('the status that an error of LiveChat means (livechat-api §3.3)', () => {
  test.each([
    ['authentication', 401],
    ['authorization', 403],
    ['missing_access', 403],
    ['license_expired', 402],
    ['license_not_found', 402],
    ['wrong_product_version', 402],
    ['unsupported_version', 410],
    ['validation', 400],
    ['not_found', 404],
    ['misdirected_request', 421],
    ['too_many_requests', 429],
    ['limit_reached', 429],
    ['pending_requests_limit_reached', 429],
    ['internal', 500],
    ['service_unavailable', 503],
    ['request_timeout', 504],
  ])('%s is %i, whatever the HTTP status', (type, status) => {
    for (const http of [200, 400, 401, 403, 429, 500, 503]) expect(statusIn(error(type), http)).toBe(status);
    // As REST v2 writes it.
    expect(statusIn({ error: type }, 400)).toBe(status);
  });

  test('an unknown type with a success is an error all the same, with another status it is what the status says', () => {
    expect(statusIn(error('brand_new'), 200)).toBe(400);
    expect(statusIn({ error: {} }, 204)).toBe(400);
    for (const http of [400, 403, 429, 500]) expect(statusIn(error('brand_new'), http)).toBeUndefined();
    // Names that every object has are no types of error.
    for (const type of ['constructor', 'toString', '__proto__']) expect(statusIn(error(type), 500)).toBeUndefined();
  });

  test.each([
    ['a list', []],
    ['rows', { chats: [], found_chats: 0 }],
    ['nothing', null],
    ['a text', 'error'],
    ['no error', { error: null }],
  ])('%s is no error', (_what, data) => {
    expect(statusIn(data, 200)).toBeUndefined();
  });
});

describe('the region that an answer names (livechat-api §3.2)', () => {
  test('is sent as X-Region', () => {
    expect(regionIn(error('misdirected_request', { region: 'dal' }))).toEqual({ 'x-region': 'dal' });
    expect(regionIn(error('misdirected_request', { region: 'fra-a' }))).toEqual({ 'x-region': 'fra-a' });
  });

  test.each([
    ['another error', error('authorization', { region: 'dal' })],
    ['none', error('misdirected_request')],
    ['an empty one', error('misdirected_request', { region: '' })],
    ['a number', error('misdirected_request', { region: 7 })],
    ['a line break, and a header behind it', error('misdirected_request', { region: 'dal\r\nx-evil: 1' })],
    ['a line break at its end', error('misdirected_request', { region: 'dal\n' })],
    ['a space', error('misdirected_request', { region: 'dal fra' })],
    ['other letters', error('misdirected_request', { region: 'дал' })],
    ['a whole text', error('misdirected_request', { region: 'd'.repeat(21) })],
    ['REST v2', { error: 'misdirected_request' }],
    ['nothing', null],
  ])('%s brings no header', (_what, data) => {
    expect(regionIn(data)).toBeUndefined();
  });
});

describe('the status that an error of HelpDesk means (livechat-api §4.1)', () => {
  test.each([
    ['License not found', 403, 402],
    ['licence expired', 404, 402],
    ['No active subscription', 401, 402],
    ['Forbidden', 403, undefined],
    ['Unauthorized', 401, undefined],
    ['License server is down', 503, undefined],
    ['too_many_requests', 400, 429],
  ])('“%s” with HTTP %i is %s', (words, http, status) => {
    expect(helpdeskStatusIn({ error: words }, http)).toBe(status);
  });

  test('tickets that speak of a subscription are no error', () => {
    expect(helpdeskStatusIn([{ error: 'subscription' }], 200)).toBeUndefined();
    expect(helpdeskStatusIn({ error: 'subscription' }, 200)).toBeUndefined();
  });
});
