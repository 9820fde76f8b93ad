import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hasSoftwareGpu } from '../support/software-gpu.js';
import { FOLDER } from '../support/tensorflow.js';
import { compareWithKnown, knownFailures } from './known-failures.js';

const RUN = fileURLToPath(new URL('run.js', import.meta.url));

/** Runs the suite on the built package in a process of its own: it changes globals, and may crash. */
async function suiteOn(backend: string, ...options: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'lrfind-suite-'));
  try {
    const json = join(folder, 'outcome.json');
    // Results do not depend on the number of threads, and each of some hundred starts is faster with one.
    const env = { ...process.env, LRFIND_THREADS: '1' };
    const ending = await new Promise<{ code: unknown; output: string }>((resolve) => {
      execFile(
        process.execPath,
        [RUN, '--backend', backend, '--json', json, ...options],
        { env },
        (error, stdout, stderr) => resolve({ code: error ? (error.code ?? error.signal) : 0, output: stdout + stderr }),
      );
    });
    expect(ending, ending.output).toMatchObject({ code: 0 });
    return JSON.parse(await readFile(json, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const backends = ['wasm', 'cpu', ...(FOLDER ? ['tensorflow'] : [])];

describe("TensorFlow.js's own suite", () => {
  test.each(backends)('fails nothing on %s that is not known to fail', async (backend) => {
    const { passed, failures, unknown } = await suiteOn(backend);
    expect(unknown).toEqual([]);
    // The number of specs in the suite; on cpu there are a few more.
    expect(passed + failures.length).toBeGreaterThanOrEqual(4225);
  });

  // The software driver takes three minutes for all: .ci/nightly runs them.
  const every = process.env.LRFIND_WHOLE_SUITE === '1' ? 1 : 5;
  test.skipIf(!hasSoftwareGpu)('fails nothing on webgpu that is not known to fail', async () => {
    const { passed, failures, unknown } = await suiteOn('webgpu', '--every', `${every}`);
    expect(unknown).toEqual([]);
    // Without the specs that read at once.
    expect(passed + failures.length).toBeGreaterThanOrEqual(Math.floor(4166 / every));
  });
});

test('failures are compared with the list of known ones', () => {
  const [listed = ''] = Object.values(knownFailures('cpu')).flat();
  expect(compareWithKnown('cpu', [{ name: 'new', message: 'why' }])).toEqual({
    unknown: [{ name: 'new', message: 'why' }],
    fixed: [listed],
  });
  expect(compareWithKnown('cpu', [{ name: listed, message: 'why' }])).toEqual({ unknown: [], fixed: [] });
});

test('docs/tfjs-core-suite.md counts the known failures by the reasons of the lists', () => {
  const page = readFileSync(new URL('../../../../docs/tfjs-core-suite.md', import.meta.url), 'utf8');
  for (const backend of ['wasm', 'tensorflow', 'webgpu', 'cpu']) {
    for (const [reason, names] of Object.entries(knownFailures(backend))) {
      expect(page).toContain(`| ${backend} | ${names.length} | ${reason} |`);
    }
  }
});
