import type { Static } from 'typebox';
import * as Type from 'typebox';
import { closed } from '../options.js';

/** A schema that also allows null. */
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Numbers of trainings are of float32's size. Within these bounds, far beyond it, charts can compute with all of them. */
const LARGEST = 1e100;

/** A number that is measured or computed from measurements. */
export const number = (description?: string) =>
  Type.Number({ minimum: -LARGEST, maximum: LARGEST, ...(description !== undefined && { description }) });

/** A time or a number of epochs. */
export const duration = (description: string) => Type.Number({ minimum: 0, maximum: LARGEST, description });

/** A rate above 0, which has a place on a logarithmic axis. */
export const positiveRate = (description: string) =>
  Type.Number({ minimum: 1 / LARGEST, maximum: LARGEST, description });

/** A measured number; null if it was not finite, because JSON has neither NaN nor infinity. */
export const measured = (description: string) => nullable(number(`${description}; null if not finite`));

/** An optimizer with the parameters that were used. */
export const OptimizerUsed = Type.Object(
  { name: Type.String() },
  { additionalProperties: true, description: 'name and every parameter' },
);

/** A callback with the options that were used. */
export const CallbackUsed = Type.Object(
  { name: Type.String() },
  { additionalProperties: true, description: 'name and every option; own for one that is not of lrfind' },
);

/** A suggested learning rate with its interval. */
export const RateInterval = Type.Object(
  {
    learningRate: positiveRate('the suggested learning rate'),
    low: positiveRate('lower end of the interval in which the best rate is expected'),
    high: positiveRate('upper end of that interval'),
    verdict: Type.Union([Type.Literal('sure'), Type.Literal('fair'), Type.Literal('unsure')], {
      description:
        'how sure the suggestion is. From sweeps alone it is fair or unsure, by the descent over the noise and the agreement of the sweeps; from trainings it is sure where both neighbours do clearly worse',
    }),
  },
  closed,
);

/** What a result was made with, when, and how fast. */
export const Environment = Type.Object(
  {
    lrfind: Type.String({ description: 'version of lrfind' }),
    tfjs: nullable(
      Type.String({ description: 'version of TensorFlow.js; null for a loop that lrfind did not run itself' }),
    ),
    node: nullable(Type.String({ description: 'version of Node; null in a browser' })),
    platform: nullable(Type.String({ description: 'operating system and architecture; null in a browser' })),
    backend: Type.String({
      description: 'name of the backend; loop for a loop of another program, recorded for losses that one has recorded',
    }),
    device: Type.String({ description: 'the device that computed' }),
    started: Type.String({ description: 'when it started, in ISO 8601' }),
    seconds: duration(
      'wall time of all training steps, of a comparison the sum over its trainings; sweeps that suggested the rate of a training do not count',
    ),
    msPerStep: duration('mean wall time of a training step'),
  },
  closed,
);
/** What a result was made with, when, and how fast. */
export interface Environment extends Static<typeof Environment> {}
