// The same search, training and comparison in every JavaScript engine, by the packages' own `exports` and from their builds. The
// engines are a real Chromium (`LRFIND_CHROMIUM` names one) and what the folder `LRFIND_ENGINES` has of the npm packages `node`, `deno`
// and `bun`, and of older ones of `node` under the names `node-22` and `node-24`; with `LRFIND_REQUIRE_BROWSER=1` and `LRFIND_REQUIRE_ENGINES=1` their absence is an error.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);
const require = createRequire(import.meta.url);

interface Documents {
  readonly text: string;
  readonly svg: string;
}

/** Runs `run.js` in an engine. One that hangs is ended. */
async function documentsOf(command: string, argv: readonly string[] = [], threads = '1'): Promise<Documents> {
  const env = {
    ...process.env,
    LRFIND_THREADS: threads,
    DENO_DIR: temporary,
    DENO_NO_UPDATE_CHECK: '1',
    NO_COLOR: '1',
  };
  const options = { env, cwd: folder, maxBuffer: 1e8, timeout: 200_000 };
  const { stdout } = await run(command, [...argv, join(folder, 'run.js')], options);
  return JSON.parse(stdout);
}

let temporary: string;
let expected: Documents;
beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), 'lrfind-engines-'));
  expected = await documentsOf(process.execPath);
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Vega has powers and logarithms of its own, so of a chart only the texts are the same in all engines. */
function expectChart(svg: string): void {
  const texts = (of: string) => [...of.matchAll(/<(?:title|text)[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(texts(svg).length).toBeGreaterThan(20);
  expect(texts(svg)).toEqual(texts(expected.svg));
}

/** The files of a page that `program.js` is bundled for, without shims: each by its name. */
async function bundled(): Promise<Map<string, string>> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, 'program.js')],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: temporary,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  expect(imports.length).toBeGreaterThan(100);
  // What esbuild leaves to the page; the package of its own that a page has is none of Node.
  expect(imports.filter(({ external }) => external).map(({ path }) => path)).toEqual([]);
  return new Map(outputFiles.map(({ path, text }) => [path.slice(temporary.length + 1).replaceAll('\\', '/'), text]));
}

test('a search has a rate, and the numbers of a document are the shortest decimals of float32', () => {
  const { sweep, training } = JSON.parse(expected.text);
  expect(sweep.suggestion.learningRate).toBeGreaterThan(1e-4);
  const rates: number[] = [
    ...sweep.sweeps.flatMap(({ points }: { points: { rate: number }[] }) => points.map(({ rate }) => rate)),
    ...training.recipe.rates.map(({ rate }: { rate: number }) => rate),
    ...[sweep.suggestion.learningRate, sweep.suggestion.low, sweep.suggestion.high],
  ];
  expect(rates.length).toBeGreaterThan(200);
  for (const rate of rates) {
    expect(String(rate).replace(/e.*|[.]|^0[.]0*/g, '').length).toBeLessThanOrEqual(9);
    const single = Math.fround(rate);
    // No shorter decimal stands for the same number in float32.
    const shorter = Array.from({ length: 8 }, (_, i) => Number(rate.toPrecision(i + 1))).find(
      (each) => Math.fround(each) === single,
    );
    expect(String(shorter ?? rate).length).toBe(String(rate).length);
  }
});

test('the modules for a page mention nothing of Node', async () => {
  for (const [name, text] of await bundled()) expect(text.match(/["'`]node:\w+/g) ?? [], name).toEqual([]);
});

test('Vite builds them too, with nothing of Node', async () => {
  // Vitest brings it.
  const vite = createRequire(require.resolve('vitest/package.json')).resolve('vite/package.json');
  const { build: buildByVite } = await import(pathToFileURL(join(vite, '../dist/node/index.js')).href);
  const lib = { entry: join(folder, 'program.js'), formats: ['es'] };
  const options = { root: folder, configFile: false, logLevel: 'silent', build: { write: false, lib } };
  const output = [await buildByVite(options)].flat().flatMap((each) => each.output) as { code?: string }[];
  const code = output.map((each) => each.code ?? '').join('\n');
  expect(code.length).toBeGreaterThan(1e6);
  expect(code.match(/["'`]node:\w+/g) ?? []).toEqual([]);
});

const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const executablePath = process.env.LRFIND_CHROMIUM ?? places.find((path) => existsSync(path));
if (!executablePath && process.env.LRFIND_REQUIRE_BROWSER === '1')
  throw new Error('LRFIND_REQUIRE_BROWSER is 1, but no Chromium was found: install it, or name it by LRFIND_CHROMIUM');

describe.skipIf(!executablePath)('in Chromium', () => {
  const origin = 'https://page.test';
  const wasmOut = createRequire(require.resolve('@lrfind/backends'))
    .resolve('@tensorflow/tfjs-backend-wasm/package.json')
    .replace('package.json', 'wasm-out');
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const errors: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
    const files = await bundled();
    page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.route(`${origin}/**`, (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      requests.push(name);
      const code = files.get(name);
      if (code !== undefined) return route.fulfill({ body: code, contentType: 'text/javascript' });
      if (name.startsWith('wasm/'))
        return route.fulfill({ path: join(wasmOut, name.slice(5)), contentType: 'application/wasm' });
      return route.fulfill({ body: '<!DOCTYPE html><link rel="icon" href="data:,">', contentType: 'text/html' });
    });
    await page.goto(`${origin}/`);
  });
  afterAll(() => browser?.close());

  test('the documents are those of Node, byte for byte', async () => {
    // As a text, since Vitest rewrites an import within a function.
    const found: Documents = await page.evaluate(
      "import('https://page.test/program.js').then(({ documents }) => documents('/wasm/'))",
    );
    expect(found.text).toBe(expected.text);
    expectChart(found.svg);
    expect(requests).toContain('wasm/tfjs-backend-wasm-simd.wasm');
    expect(errors).toEqual([]);
  });
});

const engines = process.env.LRFIND_ENGINES;
const installed = (name: string) => {
  const places = [join('.bin', name), join(name, 'bin/node')].map((place) =>
    join(engines ?? '', 'node_modules', place),
  );
  const path = engines && places.find((place) => existsSync(place));
  if (path) return path;
  if (process.env.LRFIND_REQUIRE_ENGINES !== '1') return '';
  throw new Error(
    `LRFIND_REQUIRE_ENGINES is 1, but LRFIND_ENGINES does not name a folder into which npm has installed ${name}`,
  );
};

describe.each([
  ['Node 22', installed('node-22'), []],
  ['Node 24', installed('node-24'), []],
  ['the newest Node', installed('node'), []],
  ['Deno', installed('deno'), ['run', '-A']],
  ['Bun', installed('bun'), []],
])('in %s', (_, command, argv) => {
  test.skipIf(!command).each(['1', '2'])(
    'the documents are those of Node, byte for byte, with %s threads',
    async (threads) => {
      const { text, svg } = await documentsOf(command, argv, threads);
      expect(text).toBe(expected.text);
      expectChart(svg);
    },
  );
});
