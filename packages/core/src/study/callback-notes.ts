import { countText } from '../format.js';
import type { Rankable } from './ranking.js';

/**
 * What the callbacks of a trial did, in sentences without their full stop: after how many steps they ended its trainings,
 * which weights they restored, or that they changed nothing.
 *
 * @param trial a trial with callbacks, trained with each seed
 * @param length steps of a whole training
 */
export function callbackNotes({ name, trainings }: Rankable, length: number): string[] {
  const stopped = trainings.filter(({ outcome }) => outcome === 'stopped');
  const restored = trainings.flatMap((training) => training.restored ?? []);
  const ofSeeds = ({ length: some }: readonly unknown[]) =>
    some === trainings.length ? '' : ` with ${some} of ${trainings.length} seeds`;
  const ends = stopped.flatMap(({ evaluations }) => evaluations.slice(-1));
  const epochs = restored.flatMap(({ epoch }) => epoch ?? []);
  const idle = trainings.every(
    ({ outcome, rates = [] }) => outcome === 'finished' && rates.every(({ rate }) => rate === rates[0]?.rate),
  );
  const notes = [
    ends.length > 0 &&
      `ended by its callback${ofSeeds(ends)} after ${rangeText(ends.map(({ step }) => step))} of ${countText(length)} steps, in epoch ${rangeText(ends.map(({ epoch }) => Math.ceil(epoch - 1e-9)))}`,
    restored.length > 0 &&
      `its loss${ofSeeds(restored)} is that of the weights that its callback restored${epochs.length === 0 ? '' : `, of epoch ${rangeText(epochs)}`}`,
    idle && restored.length === 0 && 'its callback changed nothing in a training of this length',
  ];
  return notes.flatMap((note) => (note ? [`${name}: ${note}`] : []));
}

/** `5`, or `3 to 5`. */
function rangeText(numbers: readonly number[]): string {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return low === high ? countText(low) : `${countText(low)} to ${countText(high)}`;
}
