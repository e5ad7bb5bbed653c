// What nobody can do without: appends each body to a file and syncs it before it answers 200. No secret, no parsing, no
// duplicates found. Without a file it answers at once: as fast as a server here can be. usage: node bare-receiver.mjs [FILE]
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';

const [path] = process.argv.slice(2);
const LINE_END = Buffer.from('\n');
const file = path === undefined ? undefined : await open(path, 'a');

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    if (file !== undefined) {
      await file.appendFile(Buffer.concat([...chunks, LINE_END]));
      await file.datasync();
    }
    response.end('ok\n');
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ listening: `http://127.0.0.1:${server.address().port}` }));
});
