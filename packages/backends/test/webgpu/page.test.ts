// The built package in a real Chromium: `LRFIND_CHROMIUM` names one, and with `LRFIND_REQUIRE_BROWSER=1` its absence is an error.
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const places = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const executablePath = process.env.LRFIND_CHROMIUM ?? places.find((path) => existsSync(path));
if (!executablePath && process.env.LRFIND_REQUIRE_BROWSER === '1')
  throw new Error('LRFIND_REQUIRE_BROWSER is 1, but no Chromium was found: install it, or name it by LRFIND_CHROMIUM');

const { resolve } = createRequire(import.meta.url);
const wasmFolder = join(dirname(resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');

/** What the page trains: gradient descent, compiled; then it loses its device. */
const PROGRAM = `
  import * as tf from '@tensorflow/tfjs-core';
  import { compile, fasterCandidate, settleBackend, setWebGpuImport, useBackend } from '@lrfind/backends';

  globalThis.candidates = async () => {
    let imports = 0;
    const candidate = async () => {
      await useBackend('auto', { wasmPaths: '/wasm/', byPace: true });
      return (await fasterCandidate()) ?? null;
    };
    const unknown = await candidate();
    setWebGpuImport(() => {
      imports += 1;
      return import('@tensorflow/tfjs-backend-webgpu');
    });
    const software = await candidate();
    const requestAdapter = navigator.gpu.requestAdapter.bind(navigator.gpu);
    navigator.gpu.requestAdapter = async (options) =>
      Object.defineProperty(await requestAdapter(options), 'info', { value: { vendor: 'pretended' } });
    return [unknown, software, await candidate(), imports];
  };

  globalThis.trained = async () => {
    setWebGpuImport(() => import('@tensorflow/tfjs-backend-webgpu'));
    const { device } = await useBackend('webgpu');
    const weights = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    const run = ([x]) => {
      const gradient = tf.matMul(weights, x);
      weights.assign(tf.sub(weights, tf.mul(0.5, gradient)));
      return [tf.sum(gradient)];
    };
    const step = compile(run, [weights], 10, true);
    const sums = [];
    for (let i = 0; i < 5; i++) {
      const x = tf.tensor2d([1, 0, 0, 1], [2, 2]);
      const [sum] = step.call([x]);
      sums.push((await sum.data())[0]);
    }
    const { compiled, problems } = step;
    tf.backend().device.destroy();
    const message = await tf.add(weights, 1).data().catch((error) => error.message);
    const failure = await settleBackend();
    return { device, sums, compiled, problems, message, lost: failure?.lost, after: [...(await tf.add(1, 2).data())] };
  };
`;

describe.skipIf(!executablePath)('a page on WebGPU', () => {
  let browser: Browser;
  let server: Server;
  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });
    // WebGPU is there on a secure address only, as localhost is.
    server = createServer(({ url }, response) => {
      const isProgram = url === '/program.js';
      if (url?.startsWith('/wasm/')) {
        response.setHeader('content-type', 'application/wasm');
        response.end(readFileSync(join(wasmFolder, url.slice('/wasm/'.length))));
        return;
      }
      response.setHeader('content-type', isProgram ? 'text/javascript' : 'text/html');
      response.end(isProgram ? outputFiles[0]?.text : '<script type="module" src="/program.js"></script>');
    }).listen(0);
    await once(server, 'listening');
    browser = await chromium.launch({
      executablePath: executablePath as string,
      args: ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('measures webgpu only where it can be loaded and the driver is not one of software, and loads nothing before', async () => {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.candidates');
    expect(await page.evaluate('candidates()')).toEqual([null, null, 'webgpu', 0]);
    await page.close();
  });

  test('compiles a step, and replaces a device that it has lost', async () => {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.trained');
    expect(await page.evaluate('trained()')).toEqual({
      device: expect.stringMatching(/^GPU \(WebGPU, /),
      // 1 + 2 + 3 + 4, halved by each step.
      sums: [10, 5, 2.5, 1.25, 0.625],
      compiled: true,
      problems: [],
      message: expect.stringMatching(/^webgpu lost its device/),
      lost: true,
      after: [3],
    });
  });
});
