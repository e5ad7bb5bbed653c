import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainWord } from '../../../src/inbox/stored-word.ts';
import { recogniseLivechat } from '../../../src/receiver/livechat-events.ts';
import { recogniseLivetex } from '../../../src/receiver/livetex-events.ts';

const UNKNOWN = { kind: 'unknown', subject: null, isForeseen: false };

describe('a word of a vendor', () => {
  test('has no control characters, no halves of characters and no spaces around it, and is no longer than an index takes', () => {
    expect(plainWord(' a\0b\r\n\u001b[2Jc\u0085 ')).toBe('ab[2Jc');
    expect(plainWord('a\ud800')).toBe('a\ufffd');
    expect([plainWord(12), plainWord(-0), plainWord(0.5)]).toEqual(['12', '0', '0.5']);
    expect([plainWord('x'.repeat(200)), plainWord('x'.repeat(201))]).toEqual(['x'.repeat(200), null]);
    for (const none of ['', ' ', '\0', null, undefined, true, {}, [], ['a'], { toString: () => 'a' }])
      expect(plainWord(none)).toBeNull();
  });
});

describe('a webhook of LiveChat or HelpDesk', () => {
  test('is known by its kind, in each of the forms', () => {
    const foreseen = [
      ...['chat_started', 'chat_ended', 'chat_changed', 'visitor_queued', 'ticket_created'].map((kind) => ({
        event_type: kind,
      })),
      ...['incoming_chat', 'chat_deactivated'].map((kind) => ({ action: kind, payload: {} })),
      ...['tickets.create', 'tickets.update', 'tickets.statusChange', 'tickets.events.message'].map((kind) => ({
        eventType: kind,
      })),
    ];
    for (const body of foreseen) {
      const kind = Object.values(body)[0];
      expect(recogniseLivechat(body)).toEqual({ kind, subject: null, isForeseen: true });
    }
  });

  test('of another kind keeps the vendor’s word, and of none is unknown', () => {
    expect(recogniseLivechat({ event_type: 'canned_response_changed' })).toEqual({
      kind: 'canned_response_changed',
      subject: null,
      isForeseen: false,
    });
    expect(recogniseLivechat({ action: '', EventType: 'x' }).kind).toBe('x');
    for (const body of [
      {},
      [],
      [{ event_type: 'chat_started' }],
      { event_type: null },
      { action: {} },
      { event_type: 'y'.repeat(500) },
    ]) {
      expect(recogniseLivechat(body)).toEqual(UNKNOWN);
    }
  });

  test('whose kind nobody has described is none of the foreseen, whatever it begins with', () => {
    for (const kind of [
      'tickets.events.x1',
      'tickets.events.messages',
      'tickets.events.',
      'chat_started ',
      'xchat_started',
      'chat_started\nx',
    ]) {
      const { isForeseen, kind: found } = recogniseLivechat({ eventType: kind });
      expect([kind, isForeseen]).toEqual([kind, found === 'chat_started']);
    }
  });
});

describe('a webhook of LiveTex', () => {
  test('tells its conversation, in any spelling', () => {
    const bodies = [
      { conversation: { id: 'K' } },
      { Conversation: { ID: 'K' } },
      { conversation: { conversationId: 'K' } },
      { conversation_id: 'K' },
      { ConversationId: 'K', conversation: { closedTime: 1 } },
      { conversation: 'K' },
      { conversation: { id: '', conversation_id: ' K\0 ' } },
      { conversation: null, 'conversation-id': 'K' },
    ];
    for (const body of bodies) expect([body, recogniseLivetex(body).subject]).toEqual([body, 'K']);
    expect(recogniseLivetex({ conversation: { id: 501 } }).subject).toBe('501');
  });

  test('tells its kind by its word', () => {
    const kinds: [word: string, kind: string, isForeseen: boolean][] = [
      ['Closed', 'closed', true],
      ['conversation_closed', 'closed', true],
      ['Assigned', 'assigned', true],
      ['visitor.rated', 'rated', true],
      ['VOTE', 'rated', true],
      ['something_else', 'something_else', false],
    ];
    for (const name of ['type', 'event', 'eventType', 'Event_Type', 'action']) {
      for (const [word, kind, isForeseen] of kinds) {
        expect(recogniseLivetex({ [name]: word, conversation: { id: 'K' } })).toEqual({
          kind,
          subject: 'K',
          isForeseen,
        });
      }
    }
  });

  test('without a word tells its kind by what it brings', () => {
    const conversation = { id: 'K' };
    const kindOf = (body: object) => recogniseLivetex(body).kind;
    expect(kindOf({ conversation: { ...conversation, rating: 5, closedTime: 1 } })).toBe('rated');
    expect(kindOf({ conversation, vote: { value: 1 } })).toBe('rated');
    expect(kindOf({ conversation: { ...conversation, closed_at: 1 }, employee: [{}] })).toBe('closed');
    expect(kindOf({ conversation, employee: [{ id: 1 }] })).toBe('assigned');
    expect(kindOf({ conversation: { ...conversation, closedTime: null }, employee: [], rating: '' })).toBe('unknown');
  });

  test('that names no conversation is none that was foreseen', () => {
    expect(recogniseLivetex({ type: 'Closed', id: 'x' })).toEqual({ kind: 'closed', subject: null, isForeseen: false });
    for (const body of [[], [1], 'text', null, {}]) expect(recogniseLivetex(body)).toEqual(UNKNOWN);
  });
});

test('whatever comes, there is a kind and perhaps a subject that any store takes', () => {
  const names = fc.constantFrom(
    'conversation',
    'id',
    'type',
    'event',
    'action',
    'event_type',
    'rating',
    '__proto__',
    'toString',
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.string({ unit: 'binary' }),
      fc.dictionary(names, tie('tree')),
      fc.constantFrom(Number.POSITIVE_INFINITY, -0, '\ud800', '\0'),
    ),
  }));
  fc.assert(
    fc.property(tree, (content) => {
      for (const recognise of [recogniseLivechat, recogniseLivetex]) {
        const { kind, subject } = recognise(content);
        for (const word of subject === null ? [kind] : [kind, subject]) {
          expect(word).toMatch(/^\P{Cc}{1,200}$/u);
          expect(word.isWellFormed()).toBe(true);
        }
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
