import { defaultOptimizer, type OptimizerSpec, optimizerFromTrainingConfig, resolveOptimizer, type ModelFile } from '@lrfind/finder';
import { flagName } from '../flags.js';

/**
 * The optimizer that was asked for, else the one that the model file was compiled with; flags change its parameters.
 * Undefined leaves the choice to the library, which says so.
 *
 * @throws InputError for an unknown optimizer, and for a parameter that it does not take or that is out of range
 */
export function modelOptimizer(
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

/** What was taken from the model file's own compilation, for the notes. */
export function fromModelFile(
  asked: { readonly loss?: unknown; readonly optimizer?: unknown },
  { trainingConfig }: ModelFile,
): string[] {
  if (!trainingConfig) return [];
  const taken = [
    !asked.loss && trainingConfig.loss && 'loss',
    !asked.optimizer && trainingConfig.optimizer_config && 'optimizer',
  ];
  const names = taken.filter(Boolean).join(' and ');
  return names ? [`${names}: as the model file was compiled`] : [];
}
