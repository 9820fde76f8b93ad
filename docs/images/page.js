// Takes the picture of docs/in-the-browser.md: the built page in Chromium, with the result of its example.
//
//   pnpm build && node docs/images/page.js
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const dist = fileURLToPath(new URL('../../packages/web/dist/', import.meta.url));
const picture = fileURLToPath(new URL('in-the-browser.png', import.meta.url));
/** @type {Record<string, string>} */
const types = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

const server = createServer(({ url = '/' }, response) => {
  const file = join(dist, url === '/' ? 'index.html' : url);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
  return createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const browser = await chromium.launch({
  executablePath: process.env.LRFIND_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({ viewport: { width: 960, height: 1000 } });
page.setDefaultTimeout(120_000);
await page.goto(`http://127.0.0.1:${port}/#find?example=digits`);
await page.getByRole('button', { name: 'Find the learning rate' }).click();
await page.waitForSelector('.report figure');
await page.evaluate(() => document.querySelector('#outcome')?.scrollIntoView());
await page.screenshot({ path: picture });
await browser.close();
server.close();
