// What nobody can do without: fetches the same pages, parses them, prints each ticket in an envelope. No retries, no budget,
// no schema, no state. usage: node bare.mjs BASE_URL AUTHORIZATION CALLS_FILE METHOD, where a call is a path and perhaps a body
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [base, authorization, file, method] = process.argv.slice(2);
const calls = JSON.parse(readFileSync(file, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const buffer = Buffer.allocUnsafe(256 * 1024);
let used = 0;

function get({ path, body }) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      'x-api-version': '2',
      'user-agent': 'bare-script/1.0 (+https://company.example)',
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const call = request(base + path, { agent, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    call.on('error', reject);
    call.end(body);
  });
}

function flush() {
  const batch = buffer.subarray(0, used);
  used = 0;
  return new Promise((resolve) => process.stdout.write(batch, resolve));
}

for (const call of calls) {
  const data = JSON.parse(await get(call));
  const rows = Array.isArray(data) ? data : (data.tickets ?? data.chats ?? data.chats_summary ?? data.results);
  for (const row of rows) {
    const line = `{"type":"RECORD","record":{"stream":"rows","data":${JSON.stringify(row)},"emitted_at":${Date.now()}}}\n`;
    if (used + line.length * 3 > buffer.length) await flush();
    used += buffer.write(line, used);
  }
}
await flush();
agent.destroy();
