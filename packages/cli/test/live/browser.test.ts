// The page in a real Chromium: `LRFIND_CHROMIUM` names one, and with `LRFIND_REQUIRE_BROWSER=1` its absence is an error.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SweepResult } from '@lrfind/core/results';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { workspace } from '../workspace.js';

const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const executablePath = process.env.LRFIND_CHROMIUM ?? places.find((path) => existsSync(path));
if (!executablePath && process.env.LRFIND_REQUIRE_BROWSER === '1')
  throw new Error('LRFIND_REQUIRE_BROWSER is 1, but no Chromium was found: install it, or name it by LRFIND_CHROMIUM');

const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A command that has printed where its page is. */
interface Running {
  readonly url: string;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  readonly child: ChildProcess;
}

describe.skipIf(!executablePath)('in Chromium', () => {
  let browser: Browser;
  let here: ReturnType<typeof workspace>;
  const running: Running[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
    here = workspace();
  });
  afterEach(() => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await browser?.close();
    here?.remove();
  });

  function lrfind(...argv: string[]): Promise<Running> {
    const env = { ...process.env, BROWSER: 'none', LRFIND_DETERMINISTIC: '1' };
    const child = spawn(process.execPath, [bin, ...argv], { cwd: here.path('.'), env });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (piece: string) => {
        text[stream] += piece;
      });
    const ended = new Promise<{ code: number | null } & typeof text>((resolve) => {
      child.on('close', (code) => resolve({ code, ...text }));
    });
    return new Promise((resolve, reject) => {
      child.stderr.on('data', () => {
        const [, url] = /page: (\S+)/.exec(text.stderr) ?? [];
        if (url === undefined) return;
        const found = { url, ended, child };
        running.push(found);
        resolve(found);
      });
      ended.then(({ stderr }) => reject(new Error(`it ended without a page: ${stderr}`)));
    });
  }

  /** A page that keeps a record of what it asks for, of its errors, and of how long each curve was at each change. */
  async function pageOf(options: BrowserContextOptions = {}) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.addInitScript(() => {
      const lengths: number[] = [];
      Object.assign(window, { lengths });
      new MutationObserver(() => {
        const paths = [...document.querySelectorAll('figure.live .line')];
        const length = paths.reduce((sum, path) => sum + (path.getAttribute('d')?.split('L').length ?? 0), 0);
        if (length !== lengths.at(-1)) lengths.push(length);
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    return { page, requests, errors };
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    return page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const found = await axe.run(document);
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  }

  test('a search is drawn as it runs, becomes its report, and can then be left open', async () => {
    const { page, requests, errors } = await pageOf({ viewport: { width: 1000, height: 900 } });
    const search = await lrfind(
      '-m',
      'model.json',
      '-d',
      'data.csv',
      '--steps',
      '500',
      '--no-verify',
      '--open',
      '-o',
      'a.json',
    );
    await page.goto(search.url);
    const { code, stdout } = await search.ended;
    expect(code).toBe(0);
    const [, rate] = /learning rate +(\S+)/.exec(stdout) as unknown as [string, string];
    await page.waitForSelector('.save');
    expect(await page.locator('.lead').textContent()).toBe(`Train with a learning rate of ${rate}.`);
    expect(await page.title()).toBe('Learning rate for classifier');
    const lengths = await page.evaluate(() => (window as unknown as { lengths: number[] }).lengths);
    expect(lengths.filter((length, i) => length > (lengths[i - 1] ?? 0)).length).toBeGreaterThan(3);
    // The process has ended; the page reads values, and saves the report.
    await page.locator('.reader input').first().press('ArrowRight');
    expect(await page.locator('.tooltip').first().isVisible()).toBe(true);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Save the report').click()]);
    expect(download.suggestedFilename()).toBe('lrfind-report.html');
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^<!DOCTYPE html>[\s\S]*<h1>Learning rate for class/);
    expect(await violations(page)).toEqual([]);
    const { origin } = new URL(search.url);
    expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('blob:'))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('a training on a dark phone can be paused by keyboard, and says when it is interrupted', async () => {
    const viewport = { width: 360, height: 740 };
    const { page, errors } = await pageOf({ viewport, colorScheme: 'dark', reducedMotion: 'reduce' });
    const training = await lrfind(
      'train',
      '-m',
      'model.json',
      '-d',
      'data.csv',
      '--lr',
      '0.01',
      '--epochs',
      '9999',
      '--open',
    );
    await page.goto(training.url);
    await page.waitForSelector('figure.live path.line');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause the drawing', pressed: true }).waitFor();
    const detail = () => page.locator('.detail').textContent();
    const before = await detail();
    expect(await violations(page)).toEqual([]);
    expect(await detail()).toBe(before);
    await page.keyboard.press('Enter');
    await page.waitForFunction((text) => document.querySelector('.detail')?.textContent !== text, before);
    expect(await page.getByRole('status').textContent()).toMatch(/^Training, epoch \d+ of 9999/);
    expect(errors).toEqual([]);
    training.child.kill('SIGINT');
    expect((await training.ended).code).toBe(130);
    await page.getByText('The connection is lost; trying again.').waitFor();
  });

  test('stored results are side by side on one scale, above their report, until Ctrl-C', async () => {
    const { page, errors } = await pageOf({ viewport: { width: 1200, height: 900 } });
    const stored = JSON.parse(readFileSync(here.path('a.json'), 'utf8')) as SweepResult;
    const { curve, setup } = stored;
    // The same search of a loss ten times as large, with another optimizer.
    here.put('b.json', {
      ...stored,
      suggestion: { ...stored.suggestion, learningRate: 0.5, low: 0.25, high: 1 },
      curve: curve.map((point) => ({ ...point, smoothed: point.smoothed && 10 * point.smoothed })),
      setup: { ...setup, optimizer: { name: 'sgd' } },
    });
    const opened = await lrfind('open', 'a.json', 'b.json');
    await page.goto(opened.url);
    await page.waitForSelector('.save');
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['2 results side by side']);
    const figures = page.locator('figure.live');
    expect(await figures.locator('h2').allTextContents()).toEqual(['a.json', 'b.json']);
    expect(await figures.locator('.mark-text').last().textContent()).toBe('0.5');
    const [one, other] = await figures.evaluateAll((all) =>
      all.map((figure) => ({
        ticks: [...figure.querySelectorAll('.labels text')].map(({ textContent }) => textContent),
        top: figure.querySelector('svg')?.getBoundingClientRect().top,
      })),
    );
    expect(one).toEqual(other);
    expect(await page.locator('tbody tr', { hasText: 'optimizer' }).first().textContent()).toBe('optimizeradamsgd');
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    opened.child.kill('SIGINT');
    expect((await opened.ended).code).toBe(130);
    expect(await figures.count()).toBe(2);
  });
});
