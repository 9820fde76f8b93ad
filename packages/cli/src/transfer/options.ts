import { closed } from '@lrfind/core/options';
import { TRANSFER_LIMITS } from '@lrfind/core/study';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';

const [minimum, maximum] = TRANSFER_LIMITS;

/** How the other training differs. */
export const TransferChange = Type.Object(
  {
    batchSize: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'rows in a batch of the other training, at the same number of epochs (default: those of the result)',
      }),
    ),
    width: Type.Optional(
      Type.Number({
        minimum,
        maximum,
        description: 'how many times as many units all hidden layers have: 2 for twice',
      }),
    ),
    steps: Type.Optional(
      Type.Number({
        minimum,
        maximum,
        description: 'how many times as many training steps, at the same batch size: 4 for four times',
      }),
    ),
  },
  closed,
);

/** What is printed. */
export const TransferOutput = Type.Object(
  { json: Type.Boolean({ default: false, description: 'print the rate, its factor and the notes as JSON' }) },
  closed,
);

/** All flags of `lrfind transfer`. */
export const flags: FlagGroups = [
  ['The other training:', TransferChange],
  ['Output:', TransferOutput],
];

/** Help after the flags. */
export const help = `
Only what was measured gives advice (docs/method.md#another-batch-size-width-or-length): it comes from dense
networks, and it says nothing of how good the rate in the result is.

Examples:
  $ lrfind transfer sweep.json --batch-size 256
  $ lrfind transfer sweep.json --width 4 --json`;
