import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { type BuildOptions, build } from 'esbuild';
import { describe, expect, test } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const ENTRIES = { '@lrfind/backends': path('../src/index.ts'), '@lrfind/backends/wasm': path('../src/wasm/index.ts') };

/** Bundles for a browser, without shims for Node. */
async function bundle(options: BuildOptions): Promise<string> {
  const core: Record<string, string> = options.external?.includes('@lrfind/core')
    ? {}
    : { '@lrfind/core': path('../../core/src/index.ts') };
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    write: false,
    platform: 'browser',
    alias: { ...ENTRIES, ...core },
    logLevel: 'silent',
  });
  return outputFiles?.[0]?.text as string;
}

describe.each(Object.entries(ENTRIES))('%s', (_, entry) => {
  test('can be bundled for a browser', async () => {
    expect(await bundle({ entryPoints: [entry] })).not.toMatch(/["']node:/);
  });

  test('uses no global of Node', async () => {
    // Only this package's code: the others test for these globals.
    const code = await bundle({
      entryPoints: [entry],
      external: ['@tensorflow/*', '@lrfind/core'],
      minifySyntax: true,
      format: 'esm',
    });
    expect(code).not.toMatch(/\b(process|Buffer|require|__dirname|__filename|setImmediate)\b/);
  });
});

test('the entry for Node cannot be bundled for a browser', async () => {
  await expect(bundle({ entryPoints: [path('../src/node/index.ts')] })).rejects.toThrow('Could not resolve "node:');
});

test('a function trains and is compiled on wasm in a browser', async () => {
  const program = `
    import { compile, useBackend } from '@lrfind/backends';
    import '@lrfind/backends/wasm';
    import * as tf from '@tensorflow/tfjs-core';
    import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

    export async function main() {
      setWasmPaths('https://example.org/');
      const { device } = await useBackend();
      const weights = tf.variable(tf.ones([2, 3]));
      const step = compile(([x]) => {
        const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.relu(tf.matMul(x, weights)))));
        weights.assign(tf.sub(weights, tf.mul(0.1, grads[weights.name])));
        return [value];
      }, [weights]);
      const losses = [];
      for (let i = 0; i < 6; i++) losses.push((await step.call([tf.tensor2d([[1, 2]])])[0].data())[0]);
      return { device, losses, compiled: step.compiled, problems: step.problems };
    }`;
  const options = { stdin: { contents: program, resolveDir: path('.') }, format: 'iife', globalName: 'page' } as const;
  const fetched: string[] = [];
  const folder = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  const fetch = async (url: string) => {
    fetched.push(url);
    const name = new URL(url).pathname.slice(1);
    const file = readFileSync(new URL(`wasm-out/${name}`, `file://${folder}`));
    return new Response(file, { headers: { 'content-type': 'application/wasm' } });
  };
  const { WebAssembly } = globalThis as unknown as { WebAssembly: unknown };
  // No process, Buffer or require.
  const globals: Record<string, unknown> = { WebAssembly, TextEncoder, TextDecoder, URL, Blob, performance, fetch };
  Object.assign(globals, { setTimeout, clearTimeout, console, window: globals, document: {}, navigator: {} });
  const context = vm.createContext(globals);
  vm.runInContext(await bundle(options), context);
  const { device, losses, compiled, problems } = await vm.runInContext('page.main()', context);
  expect(fetched).toEqual(['https://example.org/tfjs-backend-wasm-simd.wasm']);
  expect(device).toBe('CPU (WebAssembly with SIMD, 1 thread)');
  // Each step multiplies the three products x · w, initially 3, by 1 − 0.1 · 2/3 · |x|² = 2/3.
  for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(9 * (2 / 3) ** (2 * i), 4);
  expect([compiled, [...problems]]).toEqual([true, []]);
});
