import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { JSDOM } from 'jsdom';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lrfind-site-'));
const pages = new Map<string, Document>();

beforeAll(async () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  await promisify(execFile)('npx', ['vitepress', 'build', '.', '--outDir', folder], { cwd: here });
  for (const path of readdirSync(folder, { recursive: true }) as string[])
    if (path.endsWith('.html')) pages.set(path, new JSDOM(readFileSync(join(folder, path), 'utf8')).window.document);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every page of docs is in the side bar, with the API reference and the changes', () => {
  const links = pages.get('index.html')?.querySelectorAll('.VPSidebar a[href]') ?? [];
  const listed = [...links].map((link) => link.getAttribute('href'));
  const guides = readdirSync(new URL('..', import.meta.url)).filter((name) => name.endsWith('.md'));
  // Tables that others link to.
  const unlisted = ['tfjs-core-suite.md'];
  const expected = guides
    .filter((name) => !unlisted.includes(name))
    .map((name) => `/docs/${name.replace('.md', '.html')}`);
  expect(listed.toSorted()).toEqual(
    [...expected, '/', '/docs/api/reference.html', '/CHANGELOG.html', '/CONTRIBUTING.html'].toSorted(),
  );
});

test('no link, anchor or picture is broken', () => {
  const broken: string[] = [];
  for (const [path, page] of pages) {
    if (path === '404.html') continue;
    for (const element of page.querySelectorAll('a[href], img[src]')) {
      const target = element.getAttribute('href') ?? element.getAttribute('src') ?? '';
      if (/^[a-z]+:/i.test(target)) continue;
      const [to = '', hash] = target.split('#');
      const file = to === '' ? path : to.startsWith('/') ? to.slice(1) : join(dirname(path), to);
      const found = [file, join(file, 'index.html')].find((each) => isFile(join(folder, each)));
      if (found === undefined) broken.push(`${path}: ${target}`);
      else if (hash && !pages.get(found)?.getElementById(decodeURIComponent(hash))) broken.push(`${path}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('a page loads its own files alone, and the search has an index', () => {
  // The page that finds rates has relative addresses, so that it can lie anywhere.
  for (const [path, page] of pages)
    for (const element of page.querySelectorAll('script[src], link[href]:not([rel=canonical])'))
      expect(element.getAttribute('src') ?? element.getAttribute('href'), path).toMatch(
        path === 'try/index.html' ? /^[\w.]+$/ : /^\//,
      );
  expect(readdirSync(join(folder, 'assets/chunks')).some((name) => name.includes('localSearchIndex'))).toBe(true);
});

test('the page that finds rates is part of the site', () => {
  expect(pages.get('index.html')?.querySelector('a[href="/try/"]')?.textContent).toContain('Try it now');
  for (const name of ['index.html', 'page.js', 'worker.js', 'wasm/tfjs-backend-wasm-simd.wasm'])
    expect([name, isFile(join(folder, 'try', name))]).toEqual([name, true]);
});

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
