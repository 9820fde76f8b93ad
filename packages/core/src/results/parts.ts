import Type, { type Static } from 'typebox';
import { closed } from '../options.js';
import { RATE_LIMITS } from '../rate-limits.js';

/** A schema that also allows null. */
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A measured number; null if it was not finite, because JSON has neither NaN nor infinity. */
export const measured = (description: string) =>
  nullable(Type.Number({ description: `${description}; null if not finite` }));

/** An optimizer with the parameters that were used. */
export const OptimizerUsed = Type.Object(
  { name: Type.String() },
  { additionalProperties: true, description: 'name and every parameter' },
);

const rateLimits = { minimum: RATE_LIMITS[0], maximum: RATE_LIMITS[1] };

/** A callback with the options that were used. */
export const CallbackUsed = Type.Object(
  { name: Type.String() },
  { additionalProperties: true, description: 'name and every option; own for one that is not of lrfind' },
);

/** A suggested learning rate with its interval. */
export const RateInterval = Type.Object(
  {
    learningRate: Type.Number({ ...rateLimits, description: 'the suggested learning rate' }),
    low: Type.Number({
      ...rateLimits,
      description: 'lower end of the interval in which the best rate is expected',
    }),
    high: Type.Number({ ...rateLimits, description: 'upper end of that interval' }),
    verdict: Type.Union([Type.Literal('sure'), Type.Literal('fair'), Type.Literal('unsure')], {
      description: 'how sure the suggestion is: from the descent over the noise and the agreement of the sweeps',
    }),
  },
  closed,
);

/** What a result was made with, when, and how fast. */
export const Environment = Type.Object(
  {
    lrfind: Type.String({ description: 'version of lrfind' }),
    tfjs: Type.String({ description: 'version of TensorFlow.js' }),
    node: nullable(Type.String({ description: 'version of Node; null in a browser' })),
    platform: nullable(Type.String({ description: 'operating system and architecture; null in a browser' })),
    backend: Type.String({ description: 'name of the backend' }),
    device: Type.String({ description: 'the device that computed' }),
    started: Type.String({ description: 'when it started, in ISO 8601' }),
    seconds: Type.Number({
      description: 'wall time of all training steps; sweeps that suggested the rate of a training do not count',
    }),
    msPerStep: Type.Number({ description: 'mean wall time of a training step' }),
  },
  closed,
);
/** What a result was made with, when, and how fast. */
export interface Environment extends Static<typeof Environment> {}
