import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InputError } from '@lrfind/core';
import { outputNames } from '../model/describe.js';
import { type LossFunction, lossFunction } from './functions.js';
import { resolveLossName } from './registry.js';

/** A loss as a caller names it, or one for each output, in order or by the output's name (as in `model.compile`). */
export type LossOption =
  | string
  | LossFunction
  | readonly (string | LossFunction)[]
  | Readonly<Record<string, string | LossFunction>>;

/** The losses of all outputs. */
export interface ResolvedLosses {
  /** For reports: the name that all outputs share, or the names of all, separated by commas. */
  readonly name: string;
  /** For each output its loss's canonical name, or null for a function of the caller's. */
  readonly names: readonly (string | null)[];
  readonly functions: readonly LossFunction[];
}

/**
 * Finds the loss of every output of a model.
 *
 * @param option what the caller asked for; the model's own compiled loss when undefined
 * @returns undefined when neither names one
 * @throws InputError for an unknown name, a missing or unknown output, or a wrong number of losses
 */
export function resolveLosses(option: LossOption | undefined, model: LayersModel): ResolvedLosses | undefined {
  const wanted = option ?? (model.loss as LossOption | undefined);
  if (wanted === undefined || (Array.isArray(wanted) && wanted.length === 0)) return undefined;
  const each = perOutput(wanted, outputNames(model));
  const names = each.map((loss) => (typeof loss === 'string' ? resolveLossName(loss) : null));
  const functions = each.map((loss) => (typeof loss === 'string' ? lossFunction(loss) : loss));
  const shown = names.map((name, i) => name ?? ((each[i] as LossFunction).name || 'custom'));
  return { name: new Set(shown).size === 1 ? (shown[0] as string) : shown.join(', '), names, functions };
}

function perOutput(wanted: LossOption, outputs: readonly string[]): (string | LossFunction)[] {
  if (typeof wanted === 'string' || typeof wanted === 'function') return outputs.map(() => wanted);
  if (Array.isArray(wanted)) {
    if (wanted.length === outputs.length) return [...wanted];
    throw new InputError(`${wanted.length} losses came for ${outputs.length} outputs (${outputs.join(', ')})`);
  }
  const byName = wanted as Readonly<Record<string, string | LossFunction>>;
  const unknown = Object.keys(byName).find((name) => !outputs.includes(name));
  if (unknown) throw new InputError(`a loss is given for "${unknown}", but the outputs are ${outputs.join(', ')}`);
  return outputs.map((name) => {
    const loss = byName[name];
    if (loss === undefined) throw new InputError(`no loss is given for the output "${name}"`);
    return loss;
  });
}
