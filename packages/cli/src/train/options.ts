import { closed } from '@lrfind/core/options';
import { WorkerOptions } from '@lrfind/core/study';
import type { Static } from 'typebox';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';
import { trainingFlags } from './training-options.js';

/** Where the training is stored after each epoch, and how an interrupted one is resumed. */
export const CheckpointOptions = Type.Object(
  {
    checkpoint: Type.Optional(
      Type.String({
        placeholder: 'folder',
        description:
          'folder that gets the models of the last and the best epoch after each epoch, and the state to resume from',
      }),
    ),
    resume: Type.Boolean({
      default: false,
      description:
        'resume an interrupted training from --checkpoint; give the same options, and more --epochs for a longer one',
    }),
  },
  closed,
);

/** What is printed and written. */
export const TrainOutput = Type.Object(
  {
    ...OutputOptions.properties,
    json: Type.Boolean({
      default: false,
      description: 'print the whole result as JSON in place of the summary; the epochs go to stderr',
    }),
    quiet: Type.Boolean({
      default: false,
      description: 'print only loss and metrics of the test rows, else of the validation rows',
    }),
    progress: Type.Boolean({
      default: true,
      off: 'do not print the epochs',
      description: 'print a line for each epoch',
    }),
    save: Type.Optional(
      Type.String({
        placeholder: 'path',
        description:
          'where to save the trained model: a folder (model.json and weights.bin), or a file for Keras (.keras for Keras 3, .h5 for 2 and 3)',
      }),
    ),
  },
  closed,
);

/** All flags of `lrfind train`. */
export const flags: FlagGroups = [
  ...trainingFlags,
  ['Workers:', WorkerOptions],
  ['Checkpoint:', CheckpointOptions],
  ['Output:', TrainOutput],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
Examples:
  $ lrfind train -m model.json -d data.csv
  $ lrfind train -m model.json -d train.csv --test test.csv --lr 0.003 --epochs 20 -o history.png
  $ lrfind train -m model.json -d data.csv --schedule "one-cycle(0.02)" --optimizer adam --save trained
  $ lrfind train -m model.json -d data.csv --lr find --schedule cosine --epochs 20
  $ lrfind train -m model.json -d data.csv --lr 0.01 --callback "reduce-lr-on-plateau(factor=0.2, patience=3)"
  $ lrfind train -m model.json -d data.csv --lr 0.01 --epochs 50 --checkpoint checkpoint --resume`;

/** Options of the output, filled in. */
export type TrainOutput = Static<typeof TrainOutput>;
