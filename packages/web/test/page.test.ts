// The built page in a real Chromium: `LRFIND_CHROMIUM` names one, and with `LRFIND_REQUIRE_BROWSER=1` its absence is an error.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Comparison, Result, SweepResult, TrainingResult } from '@lrfind/core/results';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { classifier, table } from '../../cli/test/workspace.js';
import { bin, byCommand, timeless } from './by-command.js';
import { fileServer, type Sent } from './file-server.js';

const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const executablePath = process.env.LRFIND_CHROMIUM ?? places.find((path) => existsSync(path));
if (!executablePath && process.env.LRFIND_REQUIRE_BROWSER === '1')
  throw new Error('LRFIND_REQUIRE_BROWSER is 1, but no Chromium was found: install it, or name it by LRFIND_CHROMIUM');

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Milliseconds for what takes a few seconds, on a machine that does other things too. */
const PATIENCE = 120_000;

/** A page that keeps a record of what it asks for and of everything that goes wrong. */
interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Addresses in the order of the answers. */
  readonly loaded: string[];
  readonly errors: string[];
}

describe.skipIf(!executablePath)('in Chromium', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof fileServer>>;
  let address: string;
  let sent: readonly Sent[];
  let folder: string;
  const path = (name: string) => join(folder, name);
  const contexts: BrowserContext[] = [];
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
    folder = mkdtempSync(join(tmpdir(), 'lrfind-page-'));
    writeFileSync(path('model.json'), JSON.stringify({ modelTopology: classifier }));
    writeFileSync(path('data.csv'), table);
    server = await fileServer();
    ({ address, sent } = server);
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function pageAt(where: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await browser.newContext(options);
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const loaded: string[] = [];
    const errors: string[] = [];
    page.on('response', (response) => loaded.push(response.url()));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`policy: ${violatedDirective} ${blockedURI}`),
      );
    });
    await page.goto(where);
    await page.waitForSelector('.drop');
    return { page, context, loaded, errors };
  }

  const choose = (page: Page, ...names: string[]) => page.setInputFiles('.drop input', names.map(path));
  const understood = (page: Page) => page.waitForSelector('#understood');
  const click = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const setOption = async (page: Page, heading: string, flag: string, value: string) => {
    const group = page.locator('details.options', { has: page.locator('summary', { hasText: heading }) });
    if ((await group.getAttribute('open')) === null) await group.locator('summary').click();
    const field = group.locator('.field', { has: page.locator('code', { hasText: new RegExp(`^${flag}$`) }) });
    const input = field.locator('input[type=text], select, input[type=checkbox]');
    if ((await input.getAttribute('type')) === 'checkbox') await input.setChecked(value === 'true');
    else if ((await input.evaluate(({ tagName }) => tagName)) === 'SELECT') await input.selectOption(value);
    else {
      await input.fill(value);
      await input.blur();
    }
  };
  const shown = (page: Page) => page.waitForSelector('.report .answer');

  async function saved(page: Page, button: string): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent('download'), click(page, button)]);
    return readFileSync(await download.path());
  }
  const savedResult = async (page: Page) => JSON.parse(String(await saved(page, 'Save as JSON')));

  /** The chart that the command draws of a result. */
  function chartByCommand(result: Result): string {
    rmSync(path('drawn.svg'), { force: true });
    writeFileSync(path('drawn.json'), JSON.stringify(result));
    const { stderr } = spawnSync(process.execPath, [bin, 'plot', 'drawn.json', '-o', 'drawn.svg'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (!existsSync(path('drawn.svg'))) throw new Error(stderr);
    return drawing(readFileSync(path('drawn.svg'), 'utf8'));
  }

  /** A chart without its identifiers, in which the last bit of a logarithm shows that is another one in Node. */
  const drawing = (svg: string) => svg.replaceAll(/\bv[0-9a-f]{8}-/g, 'v-');

  async function violations(page: Page): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const names = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: typeof import('axe-core') };
        const { violations } = await axe.run(document);
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      found.push(...names.map((name) => `${colorScheme}: ${name}`));
    }
    return found;
  }
  const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  test('a model and a table that are dropped get the rate of the command, to the last bit', async () => {
    const { page, loaded, errors } = await pageAt(address);
    const files = ['model.json', 'data.csv'].map((name) => ({ name, text: readFileSync(path(name), 'utf8') }));
    const dropped = await page.evaluateHandle((contents) => {
      const transfer = new DataTransfer();
      for (const { name, text } of contents) transfer.items.add(new File([text], name));
      return transfer;
    }, files);
    await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
    await understood(page);
    await click(page, 'Find the learning rate');
    await shown(page);
    const found = (await savedResult(page)) as SweepResult;
    const expected = byCommand(folder, '-m', 'model.json', '-d', 'data.csv') as SweepResult;
    expect(found.suggestion).toEqual(expected.suggestion);
    expect(timeless(found)).toEqual(timeless(expected));
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    expect(found.environment).toMatchObject({ backend: 'wasm', node: null });
    const svg = String(await saved(page, 'Save the chart as SVG'));
    expect(svg).toMatch(/^<svg[^>]* width="800"/);
    expect(drawing(svg)).toBe(chartByCommand(found));
    const png = await saved(page, 'Save the chart as PNG');
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16)]).toEqual(['PNG', 1600]);
    expect(loaded.filter((url) => !url.startsWith(address) && !url.startsWith('blob:'))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('a plain model is made for a table alone, and the columns can be changed', async () => {
    const { page, errors } = await pageAt(address);
    await choose(page, 'data.csv');
    await understood(page);
    expect(await page.locator('.facts').textContent()).toContain('"y", 3 labels');
    const [download] = await Promise.all([page.waitForEvent('download'), click(page, 'Save the model as model.json')]);
    expect(JSON.parse(readFileSync(await download.path(), 'utf8')).modelTopology.config.name).toBe('plain_dense');
    await page.getByLabel('use of a').selectOption('ignored');
    await page.waitForFunction(() => document.querySelector('#understood ~ p')?.textContent?.includes('1 feature.'));
    expect(page.url()).toContain('target=y&ignore=a');
    // A mistake leaves the columns there, so that it can be corrected.
    await page.getByLabel('use of b').selectOption('ignored');
    await page.getByText('must have a feature column').first().waitFor();
    expect(await page.getByRole('button', { name: 'Find the learning rate' }).isDisabled()).toBe(true);
    await page.getByLabel('use of b').selectOption('feature');
    await page.waitForFunction(() => !document.querySelector('.problem'));
    expect(errors).toEqual([]);
  });

  test('a training and a comparison are those of the command', async () => {
    const { page, errors } = await pageAt(`${address}#train?lr=0.01&epochs=3`);
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    await click(page, 'Train the model');
    await shown(page);
    const trained = (await savedResult(page)) as TrainingResult;
    const train = ['train', '-m', 'model.json', '-d', 'data.csv', '--lr', '0.01', '--epochs', '3'];
    expect(timeless(trained)).toEqual(timeless(byCommand(folder, ...train)));
    expect(drawing(String(await saved(page, 'Save the chart as SVG')))).toBe(chartByCommand(trained));
    await page.getByLabel('Compare trainings').check();
    await setOption(page, 'Trials', '--lr', '0.1, 0.001');
    await setOption(page, 'Length', '--epochs', '2');
    await click(page, 'Compare the trainings');
    await page.getByRole('heading', { name: 'Comparison' }).or(page.locator('.report table').first()).first().waitFor();
    await page.waitForFunction(() => document.querySelector('#outcome')?.textContent !== 'At work');
    const compared = (await savedResult(page)) as Comparison;
    const compare = ['compare', '-m', 'model.json', '-d', 'data.csv', '--lr', '0.1,0.001', '--epochs', '2'];
    expect(timeless(compared)).toEqual(timeless(byCommand(folder, ...compare)));
    expect(drawing(String(await saved(page, 'Save the chart as SVG')))).toBe(chartByCommand(compared));
    expect(errors).toEqual([]);
  });

  test('mistakes are told in the words of the command, before anything is trained', async () => {
    writeFileSync(path('words.csv'), 'a,b,y\n1,2,3\n4,x\n');
    const { page } = await pageAt(address);
    await choose(page, 'words.csv');
    const problem = page.locator('.problem').first();
    await problem.waitFor();
    const byNode = spawnSync(process.execPath, [bin, 'data', 'words.csv'], { cwd: folder, encoding: 'utf8' }).stderr;
    expect(`lrfind: ${await problem.textContent()}`).toBe(byNode.trim());
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    await setOption(page, 'Sweep', '--start-lr', '10000');
    await click(page, 'Find the learning rate');
    await page.getByText('--start-lr must be below --end-lr; got 10000 and 100').waitFor();
  });

  test('work stops at once, and can be begun again', async () => {
    const { page } = await pageAt(`${address}#train?lr=0.01&epochs=9999`);
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    await click(page, 'Train the model');
    await page.waitForSelector('figure.live path.line');
    const began = Date.now();
    await click(page, 'Stop');
    await page.getByText('Stopped. Nothing of it is kept.').waitFor();
    expect(Date.now() - began).toBeLessThan(20_000);
    await setOption(page, 'Training', '--epochs', '1');
    await click(page, 'Train the model');
    await shown(page);
  });

  test('a link repeats the options and the example, and holds no data', async () => {
    const { page } = await pageAt(address);
    await click(page, 'Use the example: handwritten digits');
    await understood(page);
    await setOption(page, 'Sweep', '--steps', '30');
    await setOption(page, 'Sweep', '--repeats', '1');
    await setOption(page, 'Sweep', '--verify', 'false');
    await page.waitForURL(/verify=false/);
    const link = page.url();
    expect(new URL(link).hash).toBe('#find?example=digits&steps=30&repeats=1&verify=false');
    const again = await pageAt(link);
    await understood(again.page);
    await click(again.page, 'Find the learning rate');
    await shown(again.page);
    const { options, sweeps } = (await savedResult(again.page)) as SweepResult;
    expect(options).toMatchObject({ steps: 30, repeats: 1, verify: false, data: 'digits.csv.gz' });
    expect(sweeps.length).toBe(1);
  });

  test('after the first load it works without a network', async () => {
    const { page, context, errors } = await pageAt(`${address}#find?steps=30&repeats=1`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('.drop');
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    await click(page, 'Find the learning rate');
    await shown(page);
    expect(errors).toEqual([]);
  });

  test('stored results are side by side above their reports', async () => {
    const sweep = byCommand(folder, '-m', 'model.json', '-d', 'data.csv', '--no-verify') as SweepResult;
    for (const name of ['one.json', 'two.json']) writeFileSync(path(name), JSON.stringify(sweep, null, 1));
    const { page, errors } = await pageAt(address);
    await choose(page, 'one.json', 'two.json');
    await shown(page);
    expect(await page.locator('#outcome').textContent()).toBe('2 results side by side');
    expect(await page.locator('figure.live h2').allTextContents()).toEqual(['one.json', 'two.json']);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('every state is accessible in light and dark, and fits a narrow phone', async () => {
    const { page, errors } = await pageAt(address, { viewport: { width: 320, height: 640 } });
    const check = async (state: string) => {
      expect([state, await violations(page)]).toEqual([state, []]);
      expect([state, await overflow(page)]).toEqual([state, 0]);
    };
    await check('at first');
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    for (const summary of await page.locator('#understood ~ details summary, details.options > summary').all())
      await summary.click();
    await check('understood');
    await setOption(page, 'Sweep', '--repeats', '200');
    await click(page, 'Find the learning rate');
    await page.waitForSelector('figure.live path.line');
    await check('at work');
    await click(page, 'Stop');
    await page.waitForSelector('.problem');
    await check('stopped');
    await setOption(page, 'Sweep', '--repeats', '2');
    await click(page, 'Find the learning rate');
    await shown(page);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('outcome');
    await check('found');
    expect(errors).toEqual([]);
  });

  test('it can be used by keyboard alone', async () => {
    const { page } = await pageAt(address);
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    for (let i = 0; i < 40 && (await focused()) !== 'Find the learning rate'; i++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Find the learning rate');
    await page.keyboard.press('Enter');
    await shown(page);
    expect(await page.getByRole('status').textContent()).toMatch(/^Train with a learning rate of /);
  });

  /** Kilobytes that the server has sent since then, without WebAssembly. */
  const kilobytes = (from: number) =>
    sent.slice(from).reduce((sum, { url, bytes }) => sum + (url.endsWith('.wasm') ? 0 : bytes), 0) / 1000;

  test('the page is there after 40 kB, has read a file after 400, and shows a chart after 730', async () => {
    const from = sent.length;
    // What a service worker fetches for later is another test's.
    const { page } = await pageAt(`${address}#find?steps=30&repeats=1&verify=false`, { serviceWorkers: 'block' });
    const usable = kilobytes(from);
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    const read = kilobytes(from);
    await click(page, 'Find the learning rate');
    await shown(page);
    const answered = kilobytes(from);
    expect(usable).toBeLessThan(40);
    expect(read).toBeGreaterThan(usable + 200);
    expect(read).toBeLessThan(400);
    expect(answered).toBeGreaterThan(read + 200);
    expect(answered).toBeLessThan(730);
  });

  test('with all that is kept for a page without a network, no file is fetched twice', async () => {
    const from = sent.length;
    const { page } = await pageAt(`${address}#find?steps=30&repeats=1&verify=false`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const kept = kilobytes(from);
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    await click(page, 'Find the learning rate');
    await shown(page);
    expect(kilobytes(from)).toBe(kept);
    const parts = sent.slice(from).flatMap(({ url }) => (url.startsWith('/parts/') ? [url] : []));
    expect(parts.length).toBeGreaterThan(20);
    expect(new Set(parts).size).toBe(parts.length);
  });

  test('lrfind ui serves it to this machine alone, isolated, so that it computes on a thread for every two processors', async () => {
    const child = spawn(process.execPath, [bin, 'ui', '--no-open'], { cwd: folder });
    children.push(child);
    const url = await new Promise<string>((resolve) => {
      let text = '';
      child.stderr.on('data', (piece) => {
        text += piece;
        const found = /page: (\S+)\n/.exec(text)?.[1];
        if (found) resolve(found);
      });
    });
    const { page, loaded, errors } = await pageAt(url, { serviceWorkers: 'block' });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.route('**/worker.js', async (route) => {
      const response = await route.fetch();
      const eight = "Object.defineProperty(navigator, 'hardwareConcurrency', { value: 8 });";
      await route.fulfill({ response, body: `${await response.text()}${eight}` });
    });
    await choose(page, 'model.json', 'data.csv');
    await understood(page);
    expect(await page.getByText('Computed here, on').textContent()).toContain('(WebAssembly with SIMD, 4 threads)');
    await click(page, 'Find the learning rate');
    await shown(page);
    const found = (await savedResult(page)) as SweepResult;
    expect(timeless(found)).toEqual(timeless(byCommand(folder, '-m', 'model.json', '-d', 'data.csv')));
    expect(loaded.some((each) => each.endsWith('tfjs-backend-wasm-threaded-simd.wasm'))).toBe(true);
    expect(errors).toEqual([]);
    const status = (host: string, file = '') =>
      new Promise((resolve) => {
        const { port } = new URL(url);
        request({ host: '127.0.0.1', port, path: `/${file}`, headers: { host } }, (answer) => {
          resolve(answer.resume().statusCode);
        }).end();
      });
    expect(await status('example.org')).toBe(403);
    expect(await status('localhost')).toBe(200);
    expect(await status('localhost', '../main.js')).toBe(404);
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGINT');
    expect(await closed).toBe(130);
  });
});
