import type { Comparison } from '@lrfind/core/results';
import { expect } from 'vitest';
import { lrfind } from '../command.js';
import type { workspace } from '../workspace.js';

/**
 * Runs `lrfind compare` on the model and the table of a workspace, with a journal of its own, so that nothing is written where
 * the tests run.
 *
 * @param here the workspace of the present test
 * @param epochs where a call gives no steps
 * @param usual arguments of every call, before its own
 */
export function compareCommand(
  here: () => ReturnType<typeof workspace>,
  epochs: number,
  usual: readonly (string | number)[] = [],
) {
  const compare = (...argv: (string | number)[]) =>
    lrfind(
      ...['compare', '--model', here().model, '--data', here().data, '--backend', 'wasm', ...usual],
      ...(argv.includes('--steps') ? [] : ['--epochs', epochs]),
      ...['--journal', here().path('trials.journal'), ...argv],
    );
  const json = async (...argv: (string | number)[]): Promise<Comparison> => {
    const { code, stdout, stderr } = await compare(...argv, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Comparison;
  };
  return { compare, json };
}
