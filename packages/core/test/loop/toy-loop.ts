import { seededRandom } from '../../src/random.js';

/** A linear regression with noise, trained by plain SGD: a loop that can be put back, and what was called. */
export function toyLoop() {
  const target = [2, -1, 0.5];
  let weights: number[] = [];
  let random = seededRandom(0, 'toy');
  const calls: string[] = [];
  const reset = (seed: number) => {
    calls.push(`reset ${seed}`);
    random = seededRandom(seed, 'toy');
    weights = target.map(() => random() - 0.5);
  };
  const step = (rate: number) => {
    let loss = 0;
    const gradient = target.map(() => 0);
    for (let row = 0; row < 8; row++) {
      const x = target.map(() => 2 * random() - 1);
      const error = x.reduce((sum, value, i) => sum + value * ((weights[i] as number) - (target[i] as number)), 0);
      const noisy = error + 0.2 * (random() - 0.5);
      loss += noisy ** 2 / 8;
      for (const [i, value] of x.entries()) gradient[i] = (gradient[i] as number) + (2 * noisy * value) / 8;
    }
    weights = weights.map((weight, i) => weight - rate * (gradient[i] as number));
    return loss;
  };
  const evaluate = () => weights.reduce((sum, weight, i) => sum + (weight - (target[i] as number)) ** 2, 0) / 3;
  return { step, reset, evaluate, calls, weights: () => [...weights] };
}
