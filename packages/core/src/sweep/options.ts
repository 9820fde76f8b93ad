import Type, { type Static } from 'typebox';
import { InputError } from '../errors.js';
import { choice, closed } from '../options.js';
import { type Spacing, spacings } from './rates.js';

/**
 * The options of a learning-rate search. Types, checks, flags, help and the reference in the docs all follow from this
 * declaration.
 */
export const SweepOptions = Type.Object(
  {
    startLr: Type.Number({ exclusiveMinimum: 0, default: 1e-7, description: 'learning rate of the first step' }),
    endLr: Type.Number({ exclusiveMinimum: 0, default: 100, description: 'learning rate of the last step' }),
    steps: Type.Integer({
      minimum: 2,
      maximum: 10_000,
      default: 150,
      description: 'training steps of one sweep, one batch each',
    }),
    spacing: choice(Object.keys(spacings) as Spacing[], {
      default: 'geometric',
      description: 'how the rates are spaced',
    }),
    repeats: Type.Integer({
      formerly: 'seeds',
      minimum: 1,
      maximum: 1000,
      default: 5,
      description: 'number of sweeps, each with its own seed',
    }),
    seed: Type.Integer({ minimum: 0, default: 0, description: 'the first seed; equal seeds give equal results' }),
    batchSize: Type.Integer({ minimum: 1, default: 32, description: 'rows in a batch' }),
    shuffle: Type.Optional(
      choice(['epoch', 'off'], {
        description: 'shuffle the rows before each epoch, or keep them in order (default: epoch)',
      }),
    ),
    split: Type.Optional(
      choice(['random', 'last'], {
        description: 'hold out rows at random, or the last ones, as for rows in the order of time (default: random)',
      }),
    ),
    validationSplit: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: 'share of the rows to hold out; their loss is measured and drawn too',
    }),
  },
  closed,
);

/** The options of a learning-rate search, with defaults filled in. */
export type SweepOptions = Static<typeof SweepOptions>;

/**
 * Checks that the range of a sweep rises. The schemas of the single options cannot express this.
 *
 * @param label what messages call an option; by default its name
 * @throws InputError when `startLr` is not below `endLr`
 */
export function checkRange(
  { startLr, endLr }: Pick<SweepOptions, 'startLr' | 'endLr'>,
  label: (name: string) => string = (name) => name,
): void {
  if (startLr >= endLr) {
    throw new InputError(`${label('startLr')} must be below ${label('endLr')}; got ${startLr} and ${endLr}`);
  }
}
