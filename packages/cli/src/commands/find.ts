import { BackendError, type BackendInfo, useBackend } from '@lrfind/backends';
import {
  checkRange,
  defaultOptimizer,
  encodeTable,
  findLearningRate,
  InputError,
  type LossOption,
  modelShape,
  type OptimizerSpec,
  optimizerFromTrainingConfig,
  type Run,
  resolveLosses,
  resolveLossName,
  resolveMethods,
  resolveOptimizer,
  SweepOptions,
} from '@lrfind/finder';
import { type ModelFile, readModel, readTable } from '@lrfind/finder/files';
import { FileOptions, OptimizerParameters, OutputOptions, SuggestOptions, TrainingOptions } from '../find-options.js';
import { flagName, flagOptions } from '../flags.js';
import { checkOutputs, writeOutputs } from '../output-files.js';
import { progressBar, restoreTerminal } from '../progress.js';
import { runFormats } from '../run-formats.js';
import { summary } from '../summary.js';

/**
 * `lrfind find`: reads the model and the table, sweeps, prints the answer and writes the files.
 *
 * @param flags what commander collected
 * @throws InputError for anything that the caller can mend; nothing is written then
 */
export async function find(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const files = flagOptions(FileOptions, flags);
  const training = flagOptions(TrainingOptions, flags);
  const sweep = flagOptions(SweepOptions, flags);
  const { suggest } = flagOptions(SuggestOptions, flags);
  const output = flagOptions(OutputOptions, flags);
  const parameters = flagOptions(OptimizerParameters, flags);
  if (!files.model) throw new InputError('--model is missing: the path of a TensorFlow.js layers model (model.json)');
  if (!files.data) throw new InputError('--data is missing: the path of a table with a header (.csv or .tsv)');
  checkRange(sweep, flagName);
  const methods = suggest?.split(',').map((name) => name.trim());
  resolveMethods(methods);
  if (training.loss !== undefined) resolveLossName(training.loss);
  await checkOutputs(output.out, runFormats, '--out', [files.model, files.data]);

  const backend = await useBackend(training.backend).catch((error) => {
    throw error instanceof BackendError ? new InputError(`--backend: ${error.message}`) : error;
  });
  const file = await readModel(files.model);
  const optimizer = optimizerOf(training.optimizer, parameters, file);
  const table = await readTable(files.data, { categorical: files.categorical });
  const { source, tasks } = encodeTable(table, modelShape(file.model), {
    ...(files.target && { target: files.target }),
    ignore: files.ignore,
    missing: files.missing,
    scale: scaling(files.scale, file.hasWeights),
    ...lossesOf(training.loss, file),
  });
  const showsProgress = output.progress && !output.quiet && process.stderr.isTTY;
  const run = await findLearningRate(
    file.model,
    { ...source, notes: [...source.notes, ...fromFile(training, file), ...chosen(training, backend)] },
    {
      ...sweep,
      loss: tasks.map(({ loss }) => loss),
      ...(optimizer && { optimizer }),
      initialWeights: file.hasWeights ? 'given' : 'drawn',
      ...(methods && { suggest: methods }),
      ...(showsProgress && { onStep: progressBar() }),
    },
  );
  restoreTerminal();
  const complete: Run = { ...run, options: { ...run.options, ...files, ...training, ...parameters } };
  await writeOutputs(output.out, runFormats, { result: complete, picture: output });
  process.stdout.write(printed(complete, output));
  if (!output.quiet) process.stderr.write(output.out.map((path) => `wrote ${path}\n`).join(''));
}

/** Which backend was taken and why, where lrfind chose. */
function chosen({ backend }: TrainingOptions, { name, why }: BackendInfo): string[] {
  return backend === 'auto' ? [`backend: ${name}; ${why}`] : [];
}

/** What was taken from the model file's own compilation. */
function fromFile({ loss, optimizer }: TrainingOptions, { trainingConfig }: ModelFile): string[] {
  if (!trainingConfig) return [];
  const taken = [!loss && trainingConfig.loss && 'loss', !optimizer && trainingConfig.optimizer_config && 'optimizer'];
  const names = taken.filter(Boolean).join(' and ');
  return names ? [`${names}: as the model file was compiled`] : [];
}

/** A model with weights has learnt a scale already; scaling anew would not be what it knows. */
function scaling(wanted: string | undefined, hasWeights: boolean): 'standard' | 'minmax' | 'none' | number {
  if (wanted === undefined) return hasWeights ? 'none' : 'standard';
  return wanted === 'standard' || wanted === 'minmax' || wanted === 'none' ? wanted : Number(wanted);
}

/** The loss that was asked for, else the one that the model was compiled with; neither leaves it to be inferred. */
function lossesOf(wanted: string | undefined, { model, trainingConfig }: ModelFile): { loss?: string | string[] } {
  if (wanted !== undefined) return { loss: resolveLossName(wanted) };
  const names = resolveLosses(trainingConfig?.loss as LossOption | undefined, model)?.names;
  return names ? { loss: names as string[] } : {};
}

/**
 * The optimizer that was asked for, else the one that the model file was compiled with; flags change its parameters.
 * Undefined leaves the choice to the library, which says so.
 */
function optimizerOf(
  name: string | undefined,
  parameters: object,
  { trainingConfig }: ModelFile,
): OptimizerSpec | undefined {
  const own = trainingConfig?.optimizer_config ? optimizerFromTrainingConfig(trainingConfig).spec : undefined;
  if (!name && !own && Object.keys(parameters).length === 0) return undefined;
  const spec = { ...(name ? { name } : (own ?? { name: defaultOptimizer })), ...parameters };
  resolveOptimizer(spec, (option) => `${flagName(option)} (optimizer ${spec.name})`);
  return spec;
}

function printed(run: Run, { json, quiet }: OutputOptions): string {
  if (json) return `${JSON.stringify(run, null, 1)}\n`;
  if (quiet) return run.suggestion ? `${run.suggestion.learningRate}\n` : '';
  return summary(run);
}
