import { describe, expect, test } from 'vitest';
import { EVENT, exported, post, startReceiver } from '../helpers/receiver.ts';
import { samplesOf } from '../helpers/receiver-metrics.ts';
import { ask } from '../helpers/receiver-requests.ts';

const TOKEN = 'token-of-rest-v2-0123456789';

describe('what it tells', () => {
  test('the metrics are text that Prometheus reads, and count what was stored, what came again and what was refused', async () => {
    const { url, livechat, livetex } = await startReceiver({}, { livechat_token: TOKEN });
    for (const index of [1, 2, 3]) expect(await post(livechat, { ...EVENT, index })).toBe(200);
    for (let again = 0; again < 4; again += 1) expect(await post(livechat, { ...EVENT, index: 1 })).toBe(200);
    expect(await post(livetex, { event: 'closed', conversation: { id: 'A' } })).toBe(200);
    expect(await post(livetex, { something: 'else' })).toBe(200);
    expect(await post(livechat, { ...EVENT, token: 'wrong' })).toBe(403);
    expect(await post(livechat, 'no JSON')).toBe(400);
    expect((await ask(livetex)).status).toBe(405);
    const samples = await samplesOf({ url });
    const counted = (name: string, labels = '') => samples.get(`source_chat_${name}${labels}`);
    expect(counted('webhook_requests_total', '{vendor="livechat",status="200"}')).toBe(7);
    expect(counted('webhook_requests_total', '{vendor="livechat",status="403"}')).toBe(1);
    expect(counted('webhook_requests_total', '{vendor="livechat",status="400"}')).toBe(1);
    expect(counted('webhook_requests_total', '{vendor="livetex",status="200"}')).toBe(2);
    expect(counted('webhook_events_total', '{vendor="livechat",kind="chat_started"}')).toBe(7);
    expect(counted('webhook_events_total', '{vendor="livetex",kind="closed"}')).toBe(1);
    expect(counted('webhook_events_total', '{vendor="livetex",kind="other"}')).toBe(1);
    expect(counted('webhook_duplicates_total')).toBe(4);
    expect(counted('inbox_batch_events_sum')).toBe(9);
    expect(counted('inbox_commit_seconds_count')).toBe(counted('inbox_batch_events_count'));
    expect(counted('inbox_waiting_events')).toBe(0);
    expect(counted('received_bytes_held')).toBe(0);
  });

  test('no sender can make the metrics grow without end', async () => {
    const { url, livechat, livetex } = await startReceiver();
    const before = (await samplesOf({ url })).size;
    for (let index = 0; index < 300; index += 1) {
      const word = index.toString(36);
      const kinds = [`odd_${word}`, `tickets.events.${word}`, `tickets.events.status_${word}`];
      const kind = kinds[index % 3];
      expect(await post(livechat, { eventType: kind, payload: {} })).toBe(200);
      expect(await post(livetex, { event: `closed ${word}`, conversation: { id: 'A' } })).toBe(200);
      expect((await ask(`${url}/livetex/${word}`)).status).toBe(404);
    }
    expect((await samplesOf({ url })).size - before).toBeLessThan(50);
  });

  test('an event of unforeseen form is kept, and reported once', async () => {
    const { livechat, livetex, config, output } = await startReceiver();
    for (let index = 0; index < 20; index += 1) {
      expect(await post(livechat, { event_type: 'new_thing', index })).toBe(200);
      expect(await post(livetex, [index])).toBe(200);
    }
    const warnings = output()
      .split('\n')
      .filter((line) => line.includes('does not know'));
    expect(warnings).toEqual([
      expect.stringMatching(
        /WARN LiveChat sent an event that this release does not know \(new_thing\)\. It is kept as it came\.$/,
      ),
      expect.stringMatching(
        /WARN LiveTex sent an event that this release does not know \(unknown\)\. It is kept as it came\.$/,
      ),
    ]);
    expect((await exported(config)).events).toHaveLength(40);
  });

  test('no sender can flood the log, nor write lines of his own into it', async () => {
    const { livechat, livetex, output } = await startReceiver();
    for (let index = 0; index < 1000; index += 1) {
      expect(await post(livechat, { event_type: `new_thing_${index}` })).toBe(200);
    }
    for (const word of ['a\r\n2026-01-01T00:00:00.000Z ERROR forged', '\u001b[2J', `\u0085${'z'.repeat(150)}`]) {
      expect(await post(livetex, { event: word })).toBe(200);
    }
    const lines = output().split('\n').slice(0, -1);
    for (const line of lines) expect(line).toMatch(/^(?:\d{4}-\d\d-\d\dT[\d:.]+Z (?:INFO|WARN) |\{| {2})\P{Cc}*$/u);
    expect(lines.length).toBeLessThan(300);
  });
});
