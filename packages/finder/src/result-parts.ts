import Type, { type Static } from 'typebox';

/** No property but the declared ones. */
export const closed = { additionalProperties: false } as const;

/** A value, or null. */
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A number that was measured. */
export const measured = (description: string) =>
  nullable(Type.Number({ description: `${description}; null where it was not finite` }));

/** An optimizer as it was in force. */
export const OptimizerUsed = Type.Object(
  { name: Type.String() },
  { additionalProperties: true, description: 'name and every parameter' },
);

/** A suggested rate and how sure we are of it. */
export const RateInterval = Type.Object(
  {
    learningRate: Type.Number({ exclusiveMinimum: 0, description: 'the answer' }),
    low: Type.Number({
      exclusiveMinimum: 0,
      description: 'lower end of the interval in which the best rate is expected',
    }),
    high: Type.Number({ exclusiveMinimum: 0, description: 'upper end of that interval' }),
    verdict: Type.Union([Type.Literal('sure'), Type.Literal('fair'), Type.Literal('unsure')], {
      description: 'from how far the descent stands above the noise and how far the seeds agree',
    }),
  },
  closed,
);

/** What something was computed with. */
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
      description:
        'wall time of all training steps and what belongs to them; of trainings without the sweeps that found their rates',
    }),
    msPerStep: Type.Number({ description: 'mean wall time of a training step' }),
  },
  closed,
);
/** What something was computed with. */
export type Environment = Static<typeof Environment>;
