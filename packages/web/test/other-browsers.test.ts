// The built page in Firefox, and in a tab of Chromium that is hidden: Puppeteer has both, Playwright only a Firefox of its own and tabs that
// take themselves for visible. `LRFIND_FIREFOX` names a Firefox; with `LRFIND_REQUIRE_BROWSER=1` the absence of either browser is an error.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SweepResult } from '@lrfind/core/results';
import { type Browser, type ElementHandle, launch, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classifier, table } from '../../cli/test/workspace.js';
import { byCommand, timeless } from './by-command.js';
import { fileServer } from './file-server.js';

/** Milliseconds for what takes a few seconds, on a machine that does other things too. */
const PATIENCE = 120_000;

const placeOf = (setting: string | undefined, names: readonly string[]) =>
  setting ?? names.map((name) => `/usr/bin/${name}`).find((path) => existsSync(path));

const browsers = {
  firefox: placeOf(process.env.LRFIND_FIREFOX, ['firefox-esr', 'firefox']),
  chrome: placeOf(process.env.LRFIND_CHROMIUM, ['chromium', 'chromium-browser', 'google-chrome']),
};
for (const [name, path] of Object.entries(browsers))
  if (!path && process.env.LRFIND_REQUIRE_BROWSER === '1')
    throw new Error(
      `LRFIND_REQUIRE_BROWSER is 1, but no ${name} was found: install it, or name it by LRFIND_FIREFOX or LRFIND_CHROMIUM`,
    );

let server: Awaited<ReturnType<typeof fileServer>>;
let folder: string;
beforeAll(async () => {
  server = await fileServer();
  folder = mkdtempSync(join(tmpdir(), 'lrfind-page-'));
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ modelTopology: classifier }));
  writeFileSync(join(folder, 'data.csv'), table);
});
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page and chooses model and table. */
async function pageWithFiles(browser: Browser, options = ''): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push((error as Error).message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  // What the page saves, as text.
  await page.evaluateOnNewDocument(() => {
    const made = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
      if (blob instanceof Blob) blob.text().then((text) => Object.assign(window, { savedText: text }));
      return made(blob);
    };
  });
  await page.goto(`${server.address}${options}`);
  const input = (await page.waitForSelector('.drop input')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(join(folder, 'model.json'), join(folder, 'data.csv'));
  await page.waitForSelector('#understood');
  return { page, errors };
}

const click = (page: Page, name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();

/** Presses a button of a page that moves, or that is hidden: a click would wait until it stands still. */
const press = (page: Page, name: string) =>
  page.$$eval('button', (all, text) => all.find(({ textContent }) => textContent === text)?.click(), name);

async function savedResult(page: Page): Promise<SweepResult> {
  await press(page, 'Save as JSON');
  const text = await page.waitForFunction(() => (window as { savedText?: string }).savedText, { polling: 100 });
  return JSON.parse((await text.jsonValue()) as string);
}

describe.skipIf(!browsers.firefox)('in Firefox', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch({ browser: 'firefox', executablePath: browsers.firefox as string, headless: true });
  }, PATIENCE);
  afterAll(async () => {
    await browser?.close();
  });

  test('the page finds the rate of the command, to the last bit', async () => {
    const { page, errors } = await pageWithFiles(browser);
    await click(page, 'Find the learning rate');
    await page.waitForSelector('.report .answer');
    const found = await savedResult(page);
    const expected = byCommand(folder, '-m', 'model.json', '-d', 'data.csv');
    expect(timeless(found)).toEqual(timeless(expected));
    expect(await page.$$eval('.report svg', (charts) => charts.length)).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  test('files that are dropped are read', async () => {
    const { page, errors } = await pageWithFiles(browser);
    await page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'dropped.csv'));
      document.querySelector('.drop')?.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    }, table);
    await page.waitForFunction(() => document.querySelector('#understood ~ p')?.textContent?.startsWith('dropped.csv'));
    expect(errors).toEqual([]);
    await page.close();
  });

  test('work stops at once', async () => {
    const { page } = await pageWithFiles(browser, '#train?lr=0.01&epochs=9999');
    await click(page, 'Train the model');
    await page.waitForSelector('figure.live path.line');
    const began = Date.now();
    await press(page, 'Stop');
    await page.waitForFunction(() => document.body.textContent?.includes('Stopped. Nothing of it is kept.'));
    expect(Date.now() - began).toBeLessThan(20_000);
    await page.close();
  });
});

describe.skipIf(!browsers.chrome)('in a hidden tab of Chromium', () => {
  test('work goes on to its end', async () => {
    const browser = await launch({ executablePath: browsers.chrome as string, args: ['--no-sandbox'], headless: true });
    try {
      const { page } = await pageWithFiles(browser, '#find?repeats=15&verify=false');
      const visibility = () => page.evaluate(() => document.visibilityState);
      await click(page, 'Find the learning rate');
      await page.waitForSelector('figure.live path.line');
      await (await browser.newPage()).bringToFront();
      await expect.poll(visibility, { timeout: PATIENCE }).toBe('hidden');
      expect(await page.$('.report .answer')).toBe(null);
      await page.waitForFunction(() => document.querySelector('.report .answer'), { polling: 100 });
      expect(await visibility()).toBe('hidden');
      const found = await savedResult(page);
      expect(timeless(found)).toEqual(
        timeless(byCommand(folder, '-m', 'model.json', '-d', 'data.csv', '--repeats', '15', '--no-verify')),
      );
    } finally {
      await browser.close();
    }
  });
});
