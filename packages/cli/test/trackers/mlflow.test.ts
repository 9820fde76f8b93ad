import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { mlflow } from '../../src/trackers/mlflow/mlflow.js';
import type { TrackedResult } from '../../src/trackers/tracked-result.js';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
let server: Server;
let asked: { path: string; body: Record<string, unknown>; authorization: string | undefined }[];
/** What the server says to a path; by default what MLflow says. */
let answer: (path: string) => { status: number; body: unknown };

const known: Readonly<Record<string, unknown>> = {
  'experiments/get-by-name': { experiment: { experiment_id: '7', lifecycle_stage: 'active' } },
  'runs/create': { run: { info: { run_id: 'r1', artifact_uri: 'mlflow-artifacts:/7/r1/artifacts' } } },
};

beforeEach(async () => {
  here = workspace();
  asked = [];
  answer = (path) => ({ status: 200, body: known[path] ?? {} });
  server = createServer(async (request, response) => {
    const url = new URL(request.url as string, 'http://here');
    const path = url.pathname.replace(/^\/(?:under\/)?api\/2\.0\/(?:mlflow\/)?/, '');
    asked.push({ path, body: await bodyOf(request), authorization: request.headers.authorization });
    const { status, body } = answer(path);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  here.remove();
  await new Promise((closed) => server.close(closed));
});

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  return request.headers['content-type'] === 'application/json' && text ? JSON.parse(text) : {};
}

const port = () => (server.address() as AddressInfo).port;
const address = () => `http://127.0.0.1:${port()}`;
const train = (...argv: (string | number)[]) =>
  lrfind('train', '-m', here.model, '-d', here.data, '--backend', 'wasm', '--lr', 0.05, '--epochs', 1, ...argv);

test('a run has its parameters, its numbers in batches of at most 1,000, the document and the picture', async () => {
  const points = Array.from({ length: 2500 }, (_, step) => ({
    step,
    value: step === 0 ? null : 1 / step,
    seconds: step,
  }));
  const result: TrackedResult = {
    command: 'train',
    started: 1_000_000,
    summary: 'good',
    json: '{"a":1}',
    picture: async () => Buffer.from('png'),
    runs: [
      {
        names: [],
        parameters: { 'optimizer.β': 0.5, callbacks: 'x'.repeat(7000) },
        series: [{ name: 'loss%', points }],
        outcome: 'diverged',
        seconds: 9,
      },
    ],
  };
  const store = await mlflow.open(address(), '--mlflow');
  expect(await store(result)).toBe(`${address()}/#/experiments/7/runs/r1`);
  const batches = asked.filter(({ path }) => path === 'runs/log-batch').map(({ body }) => body);
  const metrics = batches.map(({ metrics = [] }) => metrics as { value: unknown }[]);
  expect(metrics.map(({ length }) => length)).toEqual([0, 1000, 1000, 500]);
  expect(metrics[1]?.slice(0, 2)).toEqual([
    { key: 'loss_', value: 'NaN', timestamp: 1_000_000, step: 0 },
    { key: 'loss_', value: 1, timestamp: 1_001_000, step: 1 },
  ]);
  expect(batches[0]?.params).toEqual([
    { key: 'optimizer._', value: '0.5' },
    { key: 'callbacks', value: 'x'.repeat(6000) },
  ]);
  expect(asked.find(({ path }) => path === 'runs/update')?.body).toEqual({
    run_id: 'r1',
    status: 'FAILED',
    end_time: 1_009_000,
  });
  expect(asked.map(({ path }) => path).filter((path) => path.includes('artifacts'))).toEqual([
    'mlflow-artifacts/artifacts/7/r1/artifacts/train.json',
    'mlflow-artifacts/artifacts/7/r1/artifacts/train.png',
  ]);
});

test('where the server keeps files elsewhere, the message says so, without the password in that address', async () => {
  answer = (path) => ({
    status: 200,
    body:
      path === 'runs/create'
        ? { run: { info: { run_id: 'r1', artifact_uri: 'ftp://me:secret@files/r1' } } }
        : (known[path] ?? {}),
  });
  const { code, stderr } = await train('--mlflow', address());
  expect(code).toBe(0);
  expect(stderr).toBe(
    `wrote ${address()}/#/experiments/7/runs/r1, without picture and JSON: the server does not take files itself, but wants them in ftp://files/r1\n`,
  );
});

describe('user and password', () => {
  test('of the address go to the server, and to no message and no result', async () => {
    const place = `http://me%40home:s%3Acret@127.0.0.1:${port()}/under/`;
    const { code, stdout, stderr } = await train('--mlflow', place, '--json');
    expect(code).toBe(0);
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${Buffer.from('me@home:s:cret').toString('base64')}`]),
    );
    expect(stderr).toContain(`wrote ${address()}/under/#/experiments/7/runs/r1\n`);
    expect(stdout + stderr + JSON.stringify(asked.map(({ body }) => body))).not.toMatch(/cret|me@|me%/);
  });

  test('are not shown where the server refuses them, cannot be reached, or the address is wrong', async () => {
    answer = () => ({ status: 401, body: {} });
    const refused = await train('--mlflow', `http://me:secret@127.0.0.1:${port()}`);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`--mlflow ${address()}: the server refuses user, password or token (401)\n`),
    });
    const unreachable = await train('--mlflow', 'http://me:secret@127.0.0.1:1');
    expect(unreachable).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/--mlflow http:\/\/127\.0\.0\.1:1: the server cannot be reached: /),
    });
    const wrong = await train('--mlflow', 'http://me:secret@:99999999');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--mlflow must be the address of') });
    for (const { stderr } of [refused, unreachable, wrong]) expect(stderr).not.toContain('secret');
  });

  test('with a percent sign that escapes nothing are taken as they are', async () => {
    await mlflow.open(`http://me:100%@127.0.0.1:${port()}`, '--mlflow');
    expect(asked[0]?.authorization).toBe(`Basic ${Buffer.from('me:100%').toString('base64')}`);
  });

  test('may be given as MLflow takes them', async () => {
    vi.stubEnv('MLFLOW_TRACKING_TOKEN', 'abc');
    await mlflow.open(address(), '--mlflow');
    vi.stubEnv('MLFLOW_TRACKING_USERNAME', 'me');
    vi.stubEnv('MLFLOW_TRACKING_PASSWORD', 'secret');
    await mlflow.open(address(), '--mlflow');
    expect(asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer abc',
      `Basic ${Buffer.from('me:secret').toString('base64')}`,
    ]);
  });
});

describe('refused before anything is trained:', () => {
  test.each([
    ['a folder', 'mlruns', /--mlflow must be the address of a tracking server of MLflow, such as http:/],
    ['a database', 'sqlite:///mlflow.db', /--mlflow must be the address of a tracking server of MLflow/],
    ['another server', null, /--mlflow .*: no tracking server of MLflow answers there \(status 404\)/, 404, 'no'],
    ['an empty answer', null, /no tracking server of MLflow answers there/, 200, {}],
    [
      'a deleted experiment',
      null,
      /--mlflow .*: the experiment lrfind was deleted; restore it, or name another in MLFLOW_EXPERIMENT_NAME/,
      200,
      { experiment: { experiment_id: '7', lifecycle_stage: 'deleted' } },
    ],
    [
      'a server that cannot',
      null,
      /--mlflow .*: disk full \(INTERNAL_ERROR\)/,
      500,
      { error_code: 'INTERNAL_ERROR', message: 'disk full' },
    ],
  ] as const)('%s', async (_, place, message, status = 200, body: unknown = {}) => {
    answer = () => ({ status, body });
    const { code, stdout, stderr } = await train('--mlflow', place ?? address(), '-o', here.path('train.json'));
    expect({ code, stdout, files: here.files() }).toEqual({ code: 2, stdout: '', files: ['data.csv', 'model.json'] });
    expect(stderr).toMatch(message);
  });
});

test('a server that goes away during the training costs neither the answer nor the files', async () => {
  let calls = 0;
  answer = (path) => ({ status: calls++ === 0 ? 200 : 503, body: known[path] ?? null });
  const { code, stdout, stderr } = await train('--mlflow', address(), '-o', here.path('train.json'));
  expect(code).toBe(2);
  expect(stdout).toContain('learning rate');
  expect(here.files()).toContain('train.json');
  expect(stderr).toContain('no tracking server of MLflow answers there (status 503)');
});
