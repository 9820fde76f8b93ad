import Type, { type Static } from 'typebox';
import { closed } from '../options.js';

/** A value, or null. */
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A measured number. */
export const measured = (description: string) =>
  nullable(Type.Number({ description: `${description}; null where it was not finite` }));

/** An optimizer with the parameters that were used. */
export const OptimizerUsed = Type.Object(
  { name: Type.String() },
  { additionalProperties: true, description: 'name and every parameter' },
);

/** A suggested learning rate with its interval. */
export const RateInterval = Type.Object(
  {
    learningRate: Type.Number({ exclusiveMinimum: 0, description: 'the suggested learning rate' }),
    low: Type.Number({
      exclusiveMinimum: 0,
      description: 'lower end of the interval in which the best rate is expected',
    }),
    high: Type.Number({ exclusiveMinimum: 0, description: 'upper end of that interval' }),
    verdict: Type.Union([Type.Literal('sure'), Type.Literal('fair'), Type.Literal('unsure')], {
      description: 'how sure the suggestion is: from the descent over the noise and the agreement of the sweeps',
    }),
  },
  closed,
);

/** Versions, machine and time. */
export const Environment = Type.Object(
  {
    lrfind: Type.String(),
    tfjs: Type.String(),
    node: nullable(Type.String()),
    platform: nullable(Type.String()),
    backend: Type.String(),
    device: Type.String(),
    started: Type.String({ description: 'ISO 8601' }),
    seconds: Type.Number({
      description: 'wall time of all training steps; sweeps that found the rate of a training are not counted',
    }),
    msPerStep: Type.Number({ description: 'mean wall time of a training step' }),
  },
  closed,
);
/** Versions, machine and time. */
export type Environment = Static<typeof Environment>;
