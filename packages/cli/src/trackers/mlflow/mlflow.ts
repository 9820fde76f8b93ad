import { InputError } from '@lrfind/core';
import * as Type from 'typebox';
import { resultName, type TrackedResult, type TrackedRun } from '../tracked-result.js';
import type { TrackerKind } from '../tracker.js';
import { MlflowRefusal, type MlflowServer, mlflowServer } from './server.js';

/** A tracking server of MLflow: a run for each result, and one within it for each sweep or training. */
export const mlflow: TrackerKind = {
  option: Type.Optional(
    Type.String({
      placeholder: 'url',
      description:
        'tracking server of MLflow that gets a new run, in the experiment MLFLOW_EXPERIMENT_NAME or lrfind, such as http://127.0.0.1:5000',
    }),
  ),
  async open(place, flag) {
    const server = mlflowServer(place, flag);
    const experiment = process.env.MLFLOW_EXPERIMENT_NAME || 'lrfind';
    const inWords = <Answer>(answer: Promise<Answer>) =>
      answer.catch((error) => {
        if (!(error instanceof MlflowRefusal)) throw error;
        throw new InputError(`${flag} ${server.address}: ${error.message} (${error.code})`);
      });
    await inWords(experimentId(server, experiment));
    return (result) => inWords(storeRuns(server, experiment, result));
  },
};

/**
 * The number of an experiment; null where there is none yet.
 *
 * @throws MlflowRefusal where it was deleted, since its name stays taken
 */
async function experimentId(server: MlflowServer, name: string): Promise<string | null> {
  try {
    const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    const { experiment } = (await server.call(path)) as {
      experiment?: { experiment_id: string; lifecycle_stage: string };
    };
    if (!experiment) throw new InputError(`${server.address}: no tracking server of MLflow answers there`);
    if (experiment.lifecycle_stage === 'deleted')
      throw new MlflowRefusal(
        'deleted',
        `the experiment ${name} was deleted; restore it, or name another in MLFLOW_EXPERIMENT_NAME`,
      );
    return experiment.experiment_id;
  } catch (error) {
    if (error instanceof MlflowRefusal && error.code === 'RESOURCE_DOES_NOT_EXIST') return null;
    throw error;
  }
}

async function storeRuns(server: MlflowServer, name: string, result: TrackedResult): Promise<string> {
  const experiment =
    (await experimentId(server, name)) ??
    ((await server.call('experiments/create', { name })) as { experiment_id: string }).experiment_id;
  const [own, ...within] = result.runs;
  const parent = await createRun(server, experiment, result, own, { 'mlflow.note.content': codeBlock(result.summary) });
  for (const run of within) {
    const { id } = await createRun(server, experiment, result, run, { 'mlflow.parentRunId': parent.id });
    await logRun(server, id, run, result.started);
  }
  await logRun(server, parent.id, own, result.started);
  const where = `${server.address}/#/experiments/${experiment}/runs/${parent.id}`;
  const artifacts = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(parent.artifacts)?.[1];
  if (artifacts === undefined)
    return `${where}, without picture and JSON: the server does not take files itself, but wants them in ${withoutUser(parent.artifacts)}`;
  await server.upload(`${artifacts}/${result.command}.json`, result.json);
  const png = await result.picture().catch((error) => {
    throw new Error(`${where}: the picture cannot be drawn: ${(error as Error)?.message ?? error}`, { cause: error });
  });
  await server.upload(`${artifacts}/${result.command}.png`, png);
  return where;
}

/** An address without user and password. */
function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}

async function createRun(
  server: MlflowServer,
  experiment: string,
  result: TrackedResult,
  { names }: TrackedRun,
  tags: Readonly<Record<string, string>>,
): Promise<{ id: string; artifacts: string }> {
  const all = { 'mlflow.source.name': `lrfind ${result.command}`, 'mlflow.source.type': 'LOCAL', ...tags };
  const { run } = (await server.call('runs/create', {
    experiment_id: experiment,
    run_name: names.length > 0 ? names.join(', ') : resultName(result),
    start_time: result.started,
    tags: Object.entries(all).map(([key, value]) => ({ key, value })),
  })) as { run: { info: { run_id: string; artifact_uri: string } } };
  return { id: run.info.run_id, artifacts: run.info.artifact_uri };
}

/** The most metrics and parameters that the API takes at once, and letters of a parameter. */
const LIMITS = { metrics: 1000, parameters: 100, letters: 6000 };

async function logRun(server: MlflowServer, run: string, tracked: TrackedRun, started: number): Promise<void> {
  const metrics = tracked.series.flatMap(({ name, points }) =>
    points.map(({ step, value, seconds }) => ({
      key: keyOf(name),
      // JSON has no NaN; the API takes the word.
      value: value ?? 'NaN',
      timestamp: Math.round(started + 1000 * seconds),
      step,
    })),
  );
  const params = Object.entries(tracked.parameters).map(([name, value]) => ({
    key: keyOf(name),
    value: String(value).slice(0, LIMITS.letters),
  }));
  for (let from = 0; from < params.length; from += LIMITS.parameters)
    await server.call('runs/log-batch', { run_id: run, params: params.slice(from, from + LIMITS.parameters) });
  for (let from = 0; from < metrics.length; from += LIMITS.metrics)
    await server.call('runs/log-batch', { run_id: run, metrics: metrics.slice(from, from + LIMITS.metrics) });
  await server.call('runs/set-tag', { run_id: run, key: 'outcome', value: tracked.outcome });
  await server.call('runs/update', {
    run_id: run,
    status: { finished: 'FINISHED', stopped: 'FINISHED', pruned: 'KILLED', diverged: 'FAILED' }[tracked.outcome],
    end_time: Math.round(started + 1000 * tracked.seconds),
  });
}

/** A name as the API takes it. */
function keyOf(name: string): string {
  return name.replaceAll(/[^\w.\- :/]/g, '_');
}

/** Lines of Markdown that are shown as they are. */
function codeBlock(text: string): string {
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}
