// Sends events of LiveTex, no two alike, over so many connections, each of which waits for its answer, and prints as JSON how
// many were acknowledged and how fast. usage: node webhook-load.mjs CONNECTIONS WARM_UP_SECONDS SECONDS URL…
import autocannon from 'autocannon';

const [connections, warmUp, seconds] = process.argv.slice(2, 5).map(Number);
const NUMBER = '000000000000';
const body = JSON.stringify({
  conversation: {
    id: `3c6f0c52-5a2e-4e7b-9d1f-${NUMBER}`,
    creationTime: 1709285405000,
    closedTime: 1709286069000,
    customInfo: { 'Номер заказа': '98765', Страница: 'https://shop.example/catalog/lamps?utm_source=mail&page=2' },
  },
  discourser: {
    id: 'v-93817',
    info: { name: 'Анна Сергеевна', phone: '+79990000000', email: 'anna@shop.example', city: 'Нижний Новгород' },
  },
  employee: [{ id: '501', firstName: 'Иван', lastName: 'Константинопольский', department: 'Отдел продаж' }],
  rating: { type: '5points', value: '5', comment: 'Спасибо, помогли быстро, всё объяснили и перезвонили. '.repeat(4) },
});

let sent = 0;
let acknowledged = 0;
let refused = 0;
const latencies = [];
const clients = [];
const from = performance.now() + warmUp * 1000;
const to = from + seconds * 1000;

/** Writes the next number into the request that goes out next: to build a new one would cost more than all the rest. */
function renew(client) {
  const request = client.getRequestBuffer();
  client.numberAt ??= request.indexOf(NUMBER);
  request.write(String(sent).padStart(NUMBER.length, '0'), client.numberAt, 'latin1');
  sent += 1;
}

const result = await autocannon({
  url: process.argv.slice(5),
  connections,
  // Ends long before, when each connection has its last answer: what is under way is to be counted too.
  duration: warmUp + seconds + 15,
  sampleInt: 100,
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
  setupClient(client) {
    clients.push(client);
    renew(client);
    client.on('response', (status, _bytes, latency) => {
      if (status === 200) acknowledged += 1;
      else refused += 1;
      const now = performance.now();
      if (now >= from && now < to) latencies.push(latency);
      if (now < to) renew(client);
      else client.responseMax = client.reqsMade;
    });
  },
});
latencies.sort((a, b) => a - b);
const share = (part) => latencies[Math.floor(latencies.length * part)];
console.log(
  JSON.stringify({
    sent,
    acknowledged,
    failed: refused + result.errors + result.timeouts,
    perSecond: latencies.length / seconds,
    p50: share(0.5),
    p99: share(0.99),
  }),
);
