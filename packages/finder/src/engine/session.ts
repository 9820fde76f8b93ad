import { ensureBackend } from '@lrfind/backends';
import { InputError, version } from '@lrfind/core';
import type { Environment, Measures, TrainingSetup } from '@lrfind/core/results';
import type { RateGroups } from '@lrfind/core/sweep';
import { type Dataset, type SplitDataset, splitBlocks, splitDataset } from '@lrfind/data';
import { getBackend, type Variable, version_core } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkWorkers } from '#workers';
import { type ClassWeights, resolveClassWeights } from '../losses/class-weights.js';
import { type LossOption, type LossWeights, resolveLosses, type TrainableLosses } from '../losses/resolve.js';
import { type Metric, metricsOf } from '../metrics.js';
import { buildSequentials } from '../model/build-sequentials.js';
import { assertModel, parameterCount, trainedNotes } from '../model/describe.js';
import { type InitialWeights, initialiser } from '../model/initial-weights.js';
import { idsOfInputs } from '../model/input-consumers.js';
import { leaseModel } from '../model/lease.js';
import { groupsNote, type RateGroup, resolveGroups } from '../model/rate-groups.js';
import type { OptimizerState } from '../optimizers/optimizer-state.js';
import type { ResolvedOptimizer } from '../optimizers/registry.js';
import { assertTrainable } from './assert-trainable.js';
import { blockNotes, checkBlocks } from './blocks.js';
import { checkIds } from './check-ids.js';
import { type DeviceDataset, fedDataset, uploadDataset } from './device-dataset.js';
import { evaluateRows } from './evaluate.js';
import { firstRows } from './first-rows.js';
import { phaseNotes } from './phase-notes.js';
import { lossScaleOf, metricInUnits } from './target-units.js';
import { type ArrayData, assertData, toDataset } from './to-dataset.js';
import { rowsPerEpoch } from './training-loop.js';
import { type StepOptions, type TrainingStep, trainingStep } from './training-step.js';
import { type Lanes, sessionLanes } from './workers/lanes.js';
import { nodeProcess } from './workers/node.js';
import { type CopiedSession, describeSession, type SessionCopy } from './workers/session-copy.js';

/** What a session trains for, and on which rows. */
export interface SessionOptions {
  /** The loss: a name or a function, or one for each output. Default: the compiled model's, else inferred. */
  readonly loss?: LossOption | undefined;
  /** What the loss of each output counts in the sum. Default: 1. */
  readonly lossWeights?: LossWeights | undefined;
  /** What rows of each class weigh in training steps. Default: 1. */
  readonly classWeight?: ClassWeights | undefined;
  /** Names of metrics. Default: the accuracy where the loss is of classes, else the mean absolute error. */
  readonly metrics?: readonly string[] | undefined;
  /** Rows to validate on, in place of a share of the training rows. */
  readonly validation?: ArrayData | Dataset | undefined;
  readonly test?: ArrayData | Dataset | undefined;
  /** Share of the rows to hold out, or a function that says it for a number of rows. */
  readonly validationSplit?: number | ((rows: number) => number) | undefined;
  /** Whether the rows are shuffled before each epoch or stay in order. Default: `epoch`. */
  readonly shuffle?: 'epoch' | 'off' | undefined;
  /** Which rows are held out. Default: some at random. */
  readonly split?: 'random' | 'last' | undefined;
  /** What the learning rate of layers is multiplied with, by patterns of their names. Default: 1. */
  readonly groups?: RateGroups | undefined;
  /** Decides which rows are held out at random. */
  readonly seed: number;
  /**
   * Whether all rows of a dataset that is a sample are trained on, where they were kept; else the sample stands for them.
   * Default: no.
   */
  readonly wholeRows?: boolean | undefined;
  readonly initialWeights: InitialWeights;
  /** The state that the optimizer of every step begins with. Default: a new one. */
  readonly optimizerState?: OptimizerState | null | undefined;
  /** Whether the caller may set weights meanwhile (`model.setWeights`), as a callback does. Default: yes. */
  readonly settableWeights?: boolean;
  /** What computes its trainings, for several sessions together. Default: lanes of its own, which begin as this thread alone. */
  readonly lanes?: Lanes | undefined;
  /** The rows as they are split already, in place of `data` and what says how to split it: those of a session that is copied. */
  readonly given?: Pick<Session, 'data' | 'holdsOutAtRandom'> | undefined;
  /** Sessions with the same holder may be open at the same time on models that share layers. */
  readonly holder?: object;
}

/** A model and its data while they are being trained on: opened once, reset to a seed, then restored or committed. */
export interface Session {
  readonly model: LayersModel;
  /** All rows, and what each is used for. */
  readonly data: SplitDataset;
  /** Whether the rows are shuffled before each epoch. */
  readonly shuffles: boolean;
  /** Whether every seed begins with the model's own weights. */
  readonly hasWeights: boolean;
  /** Whether other training rows could as well be held out: not where they are given, or the last ones. */
  readonly holdsOutAtRandom: boolean;
  readonly losses: TrainableLosses;
  /** What the class of each row weighs in training steps, if classes do. */
  readonly classWeights: Float32Array | undefined;
  /** A checksum of the weights as they were given. */
  readonly weightsChecksum: number;
  /** A checksum of the rows in blocks, where epochs go over them. */
  readonly blocksChecksum: Int32Array | undefined;
  /** Rows of which the dataset is a sample, held-out ones among them; undefined where it has all. */
  readonly allRows: number | undefined;
  readonly metrics: readonly Metric[];
  /** The groups of layers that share a learning rate; empty where all do. */
  readonly groups: readonly RateGroup[];
  /** Puts the initial weights of a seed in place. */
  reset(seed: number): Promise<void>;
  /**
   * Makes a step with an optimizer, at the rates of the groups. The session disposes it at its end, if the caller has not.
   *
   * @param options with `group`, only the weights of that group are updated, at the rate itself
   * @throws InputError when nothing in the model can be trained
   */
  step(
    optimizer: ResolvedOptimizer,
    options: Pick<StepOptions, 'metrics' | 'rescaleVelocity' | 'schedulesMomentum' | 'calls'> & {
      readonly group?: RateGroup | undefined;
    },
  ): TrainingStep;
  /** Why steps run operation by operation rather than compiled, in sentences; empty where they are compiled. */
  readonly stepNotes: readonly string[];
  /** Loss and metrics on some rows, at least one. */
  evaluate(step: TrainingStep, rows: Int32Array): Promise<Measures>;
  /**
   * What was trained, for a result.
   *
   * @param notes on the optimizer
   */
  setup(notes: readonly string[]): TrainingSetup;
  /** What it was computed with, for a result. */
  environment(started: Date, seconds: number, steps: number): Environment;
  /** What was asked for, where the caller asked for it: a search within the session asks for the same. */
  readonly asked: Pick<SessionOptions, 'loss' | 'lossWeights' | 'classWeight'>;
  /** Lets others train the model until a function has ended; they must leave it as they found it. */
  suspended<Result>(action: () => Promise<Result>): Promise<Result>;
  /** What computes its trainings: this thread, and workers where there are some. */
  readonly lanes: Lanes;
  /** Its number among the sessions of the lanes. */
  readonly number: number;
  /**
   * All that this thread needs to open the same session on a model of its own, with the first rows alone, in a dataset of their own;
   * null where it holds what cannot be copied, such as code of the caller's, and where rows are windows of a series.
   */
  copyOfRows(count: number): SessionCopy | null;
  /** Takes note of a backend that was chosen by measurement: from now on it is the current one. */
  backendChosen(device: string, note: string): void;
  /** Ends the session and puts the model back as it was, bit for bit. */
  restore(): Promise<void>;
  /** Ends the session and keeps the weights as they are now. */
  commit(): void;
}

/**
 * Opens a session: chooses a backend where there is none, checks data and losses, and takes the model.
 *
 * @throws InputError for data or options that do not fit the model, for a model that cannot be trained on the backend,
 *   and for one that is already being trained
 */
export async function openSession(
  model: LayersModel,
  data: ArrayData | Dataset,
  options: SessionOptions,
): Promise<Session> {
  const { validation, test, validationSplit, split, seed, initialWeights, holder } = options;
  assertModel(model);
  assertData(data, 'data');
  if (validation !== undefined) assertData(validation, 'validation');
  if (test !== undefined) assertData(test, 'test');
  const ensured = await ensureBackend();
  if (options.lanes) checkWorkers(options.lanes.wanted);
  let { device } = ensured;
  const backendNotes = [...ensured.notes];
  buildSequentials(model);
  assertTrainable(model);
  const ids = idsOfInputs(model);
  const read = async (given: ArrayData | Dataset, what: string) => {
    const dataset = await toDataset(given, model, what);
    checkIds(model, ids, dataset, what);
    return dataset;
  };
  const dataRows = await read(data, 'data');
  const { whole } = dataRows;
  const blocks = options.wholeRows ? whole?.blocks : undefined;
  const splitOptions = {
    validation: validation && (await read(validation, 'validation')),
    test: test && (await read(test, 'test')),
    validationSplit,
    split,
    seed,
  };
  const rows = options.given
    ? options.given.data
    : whole && blocks
      ? splitBlocks(dataRows, whole, splitOptions)
      : splitDataset(dataRows, splitOptions);
  const losses = resolveLosses(options.loss, model, rows.dataset, options.lossWeights);
  const units = model.outputs.map(({ shape }) => shape.at(-1) ?? 1);
  const classWeights = resolveClassWeights(options.classWeight, rows, units);
  checkWeights(rows, classWeights?.perRow);
  const blocksChecksum = blocks && (await checkBlocks(blocks, (block) => checkIds(model, ids, block, 'data')));
  const scaling = rows.dataset.targets[0]?.scaling;
  const metrics = metricsOf(options.metrics, losses.kinds, model).map((each) => metricInUnits(each, scaling));
  const lossScale = lossScaleOf(losses, scaling);
  const groups = resolveGroups(model, options.groups);
  const lease = await leaseModel(model, holder, options.settableWeights);
  let reset: Session['reset'];
  try {
    reset = await initialiser(model, lease.weights, initialWeights);
  } catch (error) {
    await lease.restore();
    throw error;
  }
  const holdsOutAtRandom = options.given?.holdsOutAtRandom ?? (validation === undefined && split !== 'last');
  let dataset: DeviceDataset | undefined;
  const steps: TrainingStep[] = [];
  const multipliers = new Map(
    groups.flatMap(({ weights, multiplier }) => [...weights].map((each) => [each, multiplier])),
  );
  const multiplierOf = (weight: Variable) => multipliers.get(weight) ?? 1;
  const stepNotes = () => [...new Set(steps.flatMap(({ notes }) => notes))];
  const lanes = options.lanes ?? sessionLanes();
  const copied = (): CopiedSession => ({ model, weights: lease.weights, rows, holdsOutAtRandom, losses, options });
  const number = lanes.enter(copied);
  const end = () => {
    lanes.close();
    for (const step of steps) step.dispose();
    dataset?.dispose();
  };
  return {
    model,
    data: rows,
    shuffles: options.shuffle !== 'off',
    hasWeights: initialWeights === 'given',
    holdsOutAtRandom,
    losses,
    classWeights: classWeights?.perRow,
    weightsChecksum: lease.checksum,
    blocksChecksum,
    allRows: whole?.rows,
    metrics,
    groups,
    reset,
    step({ rule }, { group, ...stepOptions }) {
      // Rows that are given lie in memory that threads share, where they can stay.
      dataset ??=
        rows.epochs || (options.given && rows.dataset.inputs.every(({ windows }) => !windows))
          ? fedDataset(rows.dataset, classWeights?.of)
          : uploadDataset(rows.dataset, classWeights?.perRow);
      const { functions, logits, weights: lossWeights } = losses;
      const measured = { losses: functions, lossWeights, logits, metrics, lossScale };
      const rates = group ? { updated: group.weights } : groups.length > 0 ? { multiplierOf } : {};
      const optimizerState = options.optimizerState ?? undefined;
      const step = trainingStep({ model, dataset, ...measured, rule, ...rates, optimizerState, ...stepOptions });
      steps.push(step);
      return step;
    },
    get stepNotes() {
      return stepNotes();
    },
    evaluate: (step, measured) => evaluateRows(step, measured, metrics),
    setup: (notes) => ({
      model: model.name,
      parameters: parameterCount(model),
      weights: initialWeights,
      loss: losses.name,
      metrics: metrics.map(({ name }) => name),
      rows: rowsPerEpoch(rows),
      validationRows: rows.heldOut.length,
      notes: [
        ...rows.dataset.notes,
        ...blockNotes(rows),
        ...losses.notes,
        ...(classWeights ? [classWeights.note] : []),
        ...(groups.length > 0 ? [groupsNote(groups)] : []),
        ...trainedNotes(model),
        ...phaseNotes(model),
        ...notes,
        ...backendNotes,
        ...lanes.notes,
        ...stepNotes(),
      ],
    }),
    environment: (started, seconds, count) => ({
      lrfind: version,
      tfjs: version_core,
      node: nodeProcess?.version ?? null,
      platform: nodeProcess?.platform ? `${nodeProcess.platform} ${nodeProcess.arch}` : null,
      backend: getBackend(),
      device,
      started: started.toISOString(),
      seconds,
      msPerStep: count > 0 ? (seconds * 1000) / count : 0,
    }),
    asked: { loss: options.loss, lossWeights: options.lossWeights, classWeight: options.classWeight },
    suspended: lease.suspended,
    lanes,
    number,
    copyOfRows(count) {
      const few = firstRows(rows, count);
      return few && describeSession({ ...copied(), rows: few });
    },
    backendChosen(chosen, note) {
      device = chosen;
      backendNotes.push(note);
    },
    async restore() {
      try {
        end();
      } finally {
        await lease.restore();
      }
    },
    commit() {
      try {
        end();
      } finally {
        lease.commit();
      }
    },
  };
}

/** @throws InputError where no row to train on has a weight, so that every loss would be 0 */
function checkWeights({ dataset, train }: SplitDataset, ofClasses: Float32Array | undefined): void {
  const given = { sampleWeight: dataset.weights, classWeight: ofClasses };
  const all = Object.values(given).filter((weights) => weights !== undefined);
  if (all.length === 0 || train.some((row) => all.every((weights) => weights[row] !== 0))) return;
  const names = Object.entries(given).flatMap(([name, weights]) => (weights ? [name] : []));
  throw new InputError(
    `${names.join(' and ')} must be above 0 for some row to train on; got 0 for all ${train.length}`,
  );
}
