// The modules as a page gets them, from a plain file server in a real Chromium, with ml5 and TensorFlow.js's union package as published.
// `LRFIND_CHROMIUM` names a Chromium; with `LRFIND_REQUIRE_BROWSER=1` its absence is an error.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const require = createRequire(import.meta.url);
const published = (name: string, file: string) => join(dirname(require.resolve(`${name}/package.json`)), 'dist', file);

/** What a module loads before it runs, with itself: the modules that it imports, and those that they import. */
function firstLoad(module: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(module)) return found;
  found.add(module);
  const code = readFileSync(join(dist, module), 'utf8');
  for (const [, path] of code.matchAll(/(?:^|[;}])(?:import|export)(?:[^;"'()]*?from)?"(\.[^"]+)"/gm))
    firstLoad(join(dirname(module), path as string), found);
  return found;
}

describe.each([
  ['index.js', 300_000],
  ['with-tf.js', 150_000],
])('what %s loads first', (module, least) => {
  const files = [...firstLoad(module)];
  const code = files.map((file) => readFileSync(join(dist, file)));

  test('has at most 400,000 bytes, packed with gzip', () => {
    const bytes = code.reduce((sum, each) => sum + gzipSync(each, { level: 6 }).length, 0);
    expect(bytes).toBeLessThanOrEqual(400_000);
    // Less would mean that an import was not seen.
    expect(bytes).toBeGreaterThan(least);
  });

  test('holds neither Vega nor the formats of files, and nothing of Node', () => {
    const text = code.join('\n');
    expect(text).not.toMatch(/vega-lite\/v6|parquet file invalid|H5Fopen/);
    expect(text).not.toMatch(/["'`]node:\w+/);
  });

  test('holds TensorFlow.js only where the page has none', () => {
    expect(code.join('\n').includes('Initialization of backend')).toBe(module === 'index.js');
  });
});

const guide = readFileSync(fileURLToPath(new URL('../../../docs/in-a-page.md', import.meta.url)), 'utf8');
const pages = [...guide.matchAll(/^```html run\n([\s\S]*?)^```$/gm)].map(([, html]) => html as string);
const bare = '<!DOCTYPE html>';
const withMl5 = '<!DOCTYPE html><script src="ml5.min.js"></script>';
const withTf = '<!DOCTYPE html><script src="tf.min.js"></script>';

const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const executablePath = process.env.LRFIND_CHROMIUM ?? places.find((path) => existsSync(path));
if (!executablePath && process.env.LRFIND_REQUIRE_BROWSER === '1')
  throw new Error('LRFIND_REQUIRE_BROWSER is 1, but no Chromium was found: install it, or name it by LRFIND_CHROMIUM');

describe.skipIf(!executablePath)('in Chromium', () => {
  const scripts: Record<string, string> = {
    '/ml5.min.js': published('ml5', 'ml5.min.js'),
    '/p5.min.js': fileURLToPath(new URL('../node_modules/p5/lib/p5.min.js', import.meta.url)),
    '/tf.min.js': published('@tensorflow/tfjs', 'tf.min.js'),
  };
  let browser: Browser;
  let server: Server;
  let origin: string;
  let html = bare;
  beforeAll(async () => {
    server = createServer(({ url = '/' }, response) => {
      const path = scripts[url] ?? (url.startsWith('/lrfind/') ? join(dist, url.slice(8)) : undefined);
      const type = url.endsWith('.wasm') ? 'application/wasm' : path ? 'text/javascript' : 'text/html; charset=utf-8';
      const found = url === '/' || (path !== undefined && existsSync(path));
      response.writeHead(found ? 200 : 404, { 'content-type': type });
      response.end(
        path && found ? readFileSync(path) : html.replace('<!DOCTYPE html>', '$&<link rel="icon" href="data:,">'),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens a page of this content, and collects what it prints, its errors and what it asks for. */
  async function open(
    content: string,
  ): Promise<{ page: Page; printed: string[]; errors: string[]; requests: string[] }> {
    html = content;
    const page = await browser.newPage();
    const [printed, errors, requests]: string[][] = [[], [], []] as string[][] as [string[], string[], string[]];
    page.on('console', (message) => (message.type() === 'error' ? errors : printed)?.push(message.text()));
    page.on('pageerror', ({ message }) => errors?.push(message));
    page.on('request', (request) => requests?.push(request.url().slice(origin.length)));
    await page.goto(`${origin}/`);
    return { page, printed: printed as string[], errors: errors as string[], requests: requests as string[] };
  }

  /** What a function body gives in a page; as a text, since Vitest rewrites an import within a function. */
  async function inPage<Value>(content: string, body: string): Promise<Value> {
    const { page } = await open(content);
    try {
      return await page.evaluate<Value>(`(async () => {${body}})()`);
    } finally {
      await page.close();
    }
  }

  test('the guide has five pages', () => {
    expect(pages).toHaveLength(5);
  });

  test.each(pages.map((page, i) => [i + 1, page] as const))(
    'page %i of the guide prints what it says',
    async (_, content) => {
      const expected = [...content.matchAll(/console\.log.* \/\/ → (.*)$/gm)].map(([, text]) => text as string);
      expect(expected.length).toBeGreaterThan(0);
      const { page, printed, errors } = await open(content);
      const said = () => printed.filter((text) => expected.includes(text));
      const settled = () => errors.length > 0 || said().length >= expected.length;
      await expect.poll(settled, { timeout: 120_000, interval: 100 }).toBe(true);
      expect({ errors, said: said() }).toEqual({ errors: [], said: expected });
      // The chart is drawn after the last line.
      if (content.includes('drawChart')) await page.waitForSelector('#chart svg');
      expect(errors).toEqual([]);
      await page.close();
    },
  );

  test('Vega is loaded when a chart is drawn', async () => {
    const { page, requests } = await open(bare);
    const before = await page.evaluate<number>("import('/lrfind/index.js').then(() => performance.now())");
    expect(before).toBeGreaterThan(0);
    const first = [...firstLoad('index.js')].map((file) => `/lrfind/${file.replaceAll('\\', '/')}`);
    expect(requests.filter((path) => path !== '/').toSorted()).toEqual(first.toSorted());
    await page.close();
  });

  /** A search on WebAssembly of a model whose weights are seeded, with the module's own `tf` or the page's. */
  const search = (module: string) => `
    const { findLearningRate, useBackend, tf } = await import('/lrfind/${module}');
    await useBackend('wasm');
    const dense = (units, seed, options) =>
      tf.layers.dense({ units, kernelInitializer: tf.initializers.glorotUniform({ seed }), ...options });
    const model = tf.sequential({ layers: [dense(8, 1, { activation: 'relu', inputShape: [2] }), dense(1, 2)] });
    const xs = Array.from({ length: 96 }, (_, i) => [(i * 37 % 96) / 96, (i * 53 % 96) / 96]);
    const ys = xs.map(([a, b]) => [a * b]);
    const { sweeps, suggestion } = await findLearningRate(model, { xs, ys }, { optimizer: 'adam', steps: 60 });
    return { own: tf === globalThis.tf, losses: sweeps.map(({ points }) => points.map(({ loss }) => loss)), suggestion };`;

  test('a model of the page’s copy of TensorFlow.js gives the losses that one of the module’s own copy gives', async () => {
    type Found = { own: boolean; losses: number[][]; suggestion: { learningRate: number } };
    const alone = await inPage<Found>(bare, search('index.js'));
    expect(alone.losses[0]?.length).toBeGreaterThan(20);
    expect(alone.suggestion.learningRate).toBeGreaterThan(0);
    const beside = await inPage<Found>(withTf, search('with-tf.js'));
    expect({ losses: beside.losses, suggestion: beside.suggestion }).toEqual({
      losses: alone.losses,
      suggestion: alone.suggestion,
    });
  });

  test.each([
    ['no TensorFlow.js', bare, 'there is neither globalThis.tf nor ml5.tf'],
    ['only the core', '<!DOCTYPE html><script>globalThis.tf = { version: {} }</script>', 'globalThis.tf has no layers'],
    [
      'another version',
      '<!DOCTYPE html><script>globalThis.tf = { LayersModel: class {}, version: { "tfjs-core": "3.21.0" } }</script>',
      'globalThis.tf is of version 3.21.0',
    ],
  ])('with-tf.js in a page with %s says what it needs', async (_, content, reason) => {
    const message = await inPage(content, "return import('/lrfind/with-tf.js').catch(({ message }) => message)");
    expect(message).toBe(
      `@lrfind/browser/with-tf must come after a script tag of @tensorflow/tfjs 4.22.0 or of ml5; ${reason}`,
    );
  });

  /** A network of ml5 with 120 points of two classes. */
  const network = (options: string, label = "x > 0.5 ? 'right' : 'left'") => `
    const { setFoundRate, useBackend } = await import('/lrfind/with-tf.js');
    await useBackend('wasm');
    const network = ml5.neuralNetwork({ task: 'classification', ...${options} });
    for (let i = 0; i < 120; i++) {
      const [x, y] = [(i * 37 % 120) / 120, (i * 71 % 120) / 120];
      network.addData({ x, y }, { label: ${label} });
    }
    network.normalizeData();`;

  test('setFoundRate sets the rate of ml5’s own optimizer, and leaves weights and tensors as they were', async () => {
    const found = await inPage<Record<string, unknown>>(
      withMl5,
      `${network("{ learningRate: 'find' }")}
      network.options.layers = network.addDefaultLayers();
      network.options.learningRate = 0.2;
      network.compile();
      const { model } = network.neuralNetwork;
      const weights = () => JSON.stringify(model.getWeights().map((each) => [...each.dataSync()]));
      const [before, tensors] = [weights(), ml5.tf.memory().numTensors];
      const { setup, suggestion } = await setFoundRate(network);
      return {
        same: weights() === before,
        tensors: ml5.tf.memory().numTensors - tensors,
        optimizer: setup.optimizer.name,
        rows: setup.rows + setup.validationRows,
        rate: network.options.learningRate === suggestion.learningRate,
        compiled: Math.abs(model.optimizer.learningRate - suggestion.learningRate),
      };`,
    );
    // Of 120 rows ml5 holds out 12.
    expect(found).toEqual({ same: true, tensors: 0, optimizer: 'sgd', rows: 108, rate: true, compiled: 0 });
  });

  test('without a rate the network keeps its own, and the error says why', async () => {
    const [message, rate] = await inPage<[string, number]>(
      withMl5,
      `${network('{}')}
      const error = await setFoundRate(network, { startLr: 1e-12, endLr: 1e-11, verify: false }).catch((error) => error);
      return [error.message, network.options.learningRate];`,
    );
    expect(message).toMatch(/^no learning rate: ./);
    expect(rate).toBe(0.2);
  });

  test.each([
    ['{}', 'network must be a neuralNetwork of ml5, as ml5.neuralNetwork makes it'],
    ["ml5.neuralNetwork({ task: 'regression' })", 'network must have data: call addData or load a dataUrl before'],
  ])('setFoundRate refuses %s', async (given, message) => {
    const said = `const { setFoundRate } = await import('/lrfind/with-tf.js');
      return setFoundRate(${given}).catch(({ message }) => message);`;
    expect(await inPage(withMl5, said)).toBe(message);
  });
});
