// The program of a process that runs jobs, one after the other. The worker that started it renews the locks of its jobs meanwhile, which
// a process that trains could not do in time.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { useBackend } from '@lrfind/backends';
import { InputError, isObject, version } from '@lrfind/core';
import type { PausedTrial } from '@lrfind/core/study';
import { type CopiedTrials, registerLayers } from '@lrfind/finder';
import * as core from '@tensorflow/tfjs-core';
import * as tfjsLayers from '@tensorflow/tfjs-layers';
import { cacheFolder } from '../contents/cache-folder.js';
import { type Content, openContents } from '../contents/contents.js';
import { openSent, SENT_MODEL } from '../contents/sent-session.js';
import { checkJob, type JobResult, type TrialJob } from '../jobs/trial-job.js';
import { redisAddress } from '../redis/address.js';
import { redisConnection, whyClosed } from '../redis/connection.js';
import { isRefused, redisFailure } from '../redis/failure.js';
import { untilAnswered } from '../redis/until-answered.js';
import type { JobAnswer } from './job-processes.js';
import { type ProcessSettings, SETTINGS, URL_VARIABLE } from './process-settings.js';

const { [SETTINGS]: settingsText = '', [URL_VARIABLE]: url = '' } = process.env;
const settings = JSON.parse(settingsText) as ProcessSettings;
const address = redisAddress(url, URL_VARIABLE);
const redis = redisConnection(address, 'lrfind worker process');
const note = (text: string) => process.stderr.write(`lrfind worker: ${text}\n`);
// What is wrong with all connections the worker says; this one waits as it does.
redis.on('error', () => {});
let saidCrowded = false;
redis.on('close', async () => {
  const reason = saidCrowded ? undefined : await whyClosed(address, null);
  if (saidCrowded || !reason) return;
  saidCrowded = true;
  note(`${redisFailure(address, reason)?.message}; a training waits for it`);
});
const contents = openContents(redis, settings.shared);
const cache = cacheFolder(settings.cache, settings.cacheBytes, note);
endWithParent();

interface Opened {
  readonly key: string;
  readonly trials: CopiedTrials;
}

let opened: Opened | undefined;

const answer = (said: JobAnswer<JobResult>, then = () => {}) => process.send?.(said, then);
process.on('message', async (data) => {
  try {
    answer({ result: await run(data) });
  } catch (error) {
    answer({ failure: (error as Error).message });
  }
});
// What code of a model throws on its own.
process.on('uncaughtException', ({ message }) => answer({ failure: message, ends: true }, () => process.exit(1)));
// Ctrl-C in a terminal is meant for the worker, which waits for this process, or ends it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

/** Runs a job. */
async function run(data: unknown): Promise<JobResult> {
  try {
    return ofOther(data) ?? (await trained(data));
  } catch (error) {
    // What went wrong in the middle of a training must not reach the next one.
    await close();
    if (error instanceof MissingContent) return { missing: error.content };
    // Before what Redis may have said, whose words those of --shared can be like.
    if (error instanceof Refused) return { refused: error.message };
    const ofRedis = redisFailure(address, error);
    if (ofRedis) return { redis: ofRedis.message, refuses: isRefused(error) };
    throw error;
  }
}

/** What no other try would change: it ends the study, which a training that fails does not. */
class Refused extends Error {}

/** Stored bytes, once Redis answers. Those that are out of reach are so for all trainings alike. */
async function reached<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await untilAnswered(call);
  } catch (error) {
    throw error instanceof InputError ? new Refused(error.message) : error;
  }
}

/** The answer to a job of another version or backend, whose fields may be others too. */
function ofOther(data: unknown): JobResult | undefined {
  const { lrfind, backend } = (isObject(data) ? data : {}) as Partial<TrialJob>;
  if (lrfind === undefined || (lrfind === version && backend === settings.backend)) return undefined;
  return {
    refused: `a worker of lrfind ${version} on ${settings.backend} cannot reproduce a training of lrfind ${lrfind} on ${backend}`,
  };
}

async function trained(job: unknown): Promise<JobResult> {
  checkJob(job);
  const { code, spec, from } = job;
  if (code && !settings.allowCode)
    return { refused: `a worker that was started without --allow-code runs no code, and the model needs ${code.file}` };
  const paused = from && (JSON.parse(new TextDecoder().decode(await fetched(from))) as PausedTrial);
  const { executor } = await session(job);
  const reference = { ref: SENT_MODEL, hash: 0 };
  const outcome = await executor.run({ ...spec, model: reference, data: reference, from: paused }, {});
  return { outcome: await reached(() => contents.put(new TextEncoder().encode(JSON.stringify(outcome)))) };
}

/** The session of a job: the one of the job before, where it is the same. */
async function session({ model, rows, code }: TrialJob): Promise<CopiedTrials> {
  const key = `${model.sha256} ${rows.sha256}`;
  if (opened?.key !== key) {
    await close();
    await useBackend(settings.backend);
    if (code) await runCode(code);
    const [modelBytes, rowBytes] = await Promise.all([cached(model), cached(rows)]);
    opened = { key, trials: await openSent(modelBytes, rowBytes) };
  }
  return opened.trials;
}

async function close(): Promise<void> {
  const { trials } = opened ?? {};
  opened = undefined;
  await trials?.close();
}

class MissingContent extends Error {
  constructor(readonly content: Content) {
    super(`content ${content.sha256} is missing`);
  }
}

async function fetched(content: Content): Promise<Uint8Array> {
  const bytes = await reached(() => contents.get(content));
  if (!bytes) throw new MissingContent(content);
  return bytes;
}

async function cached(content: Content): Promise<Uint8Array> {
  const bytes = await cache.get(content, () => reached(() => contents.get(content)));
  if (!bytes) throw new MissingContent(content);
  return bytes;
}

const ran = new Set<string>();

/**
 * Runs the module of a model, so that TensorFlow.js knows the layers that it registers or uses.
 *
 * @throws Refused for whatever the module throws
 */
async function runCode(code: NonNullable<TrialJob['code']>): Promise<void> {
  if (ran.has(code.sha256)) return;
  const bytes = await cached(code);
  const ending = /\.[cm]?[jt]s$/.exec(code.file)?.[0] ?? '.mjs';
  const folder = join(settings.cache, 'code');
  const path = join(folder, `${code.sha256}${ending === '.js' ? '.mjs' : ending}`);
  const part = `${path}.${process.pid}.part`;
  await mkdir(folder, { recursive: true });
  await writeFile(part, bytes);
  await rename(part, path);
  try {
    const names = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    const value = names.default ?? names.model ?? names.build ?? names.createModel;
    const model: unknown = await (typeof value === 'function' ? value({ ...core, ...tfjsLayers }) : value);
    if (!(model instanceof tfjsLayers.LayersModel)) throw new Error('it builds no model with the tf that it is given');
    registerLayers(model);
    model.dispose();
  } catch (error) {
    throw new Refused(
      `${code.file} must run alone on a worker, without modules beside it: ${(error as Error).message.split('\n')[0]}`,
    );
  }
  ran.add(code.sha256);
}

/** Ends this process when its worker has gone, also in the middle of a training, which would be for nobody. */
function endWithParent(): void {
  process.on('disconnect', () => process.exit());
  // The worker may have ended while this process started: then its parent is another one already.
  const watch = `setInterval(() => {
    try {
      process.kill(${settings.worker}, 0);
    } catch {
      process.kill(process.pid, 'SIGKILL');
    }
  }, 1000);`;
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}
