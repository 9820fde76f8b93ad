import Type, { type Static, type TObject, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { InputError, nearest } from './errors.js';
import { spacings } from './sweep-rates.js';

/** A text option that allows the given words only. */
export function choice<Word extends string>(words: readonly Word[], options: { default?: Word; description: string }) {
  return Type.Unsafe<Word>(Type.String({ enum: [...words], ...options }));
}

/**
 * The options of a sweep, each declared once: types, validation, the command line's flags and help and the reference in
 * the docs all follow from this.
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
    spacing: choice(Object.keys(spacings) as (keyof typeof spacings)[], {
      default: 'geometric',
      description: 'how the rates are spaced',
    }),
    seeds: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 5,
      description: 'how many sweeps, each with its own seed',
    }),
    seed: Type.Integer({ minimum: 0, default: 0, description: 'the first seed: equal seeds give equal results' }),
    batchSize: Type.Integer({ minimum: 1, default: 32, description: 'rows in a batch' }),
    validationSplit: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: 'share of the rows that is held out; their loss is measured and drawn beside',
    }),
  },
  { additionalProperties: false },
);

/** The options of a sweep, all filled in. */
export type SweepOptions = Static<typeof SweepOptions>;

/**
 * Checks options against their schema and fills in the defaults.
 *
 * @param schema the declared options
 * @param given what the caller passed; `undefined` counts as left out
 * @param label how an option is called in messages, such as its flag on the command line; its own name by default
 * @throws InputError naming the option, what came and what is allowed
 */
export function resolveOptions<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  label: (name: string) => string = (name) => name,
): Static<Schema> {
  const known = Object.keys(schema.properties);
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of present) {
    const option = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (!option) {
      const guess = nearest(name, known);
      throw new InputError(
        `unknown option ${label(name)}${guess ? `; did you mean ${label(guess)}?` : '.'} Options: ${known.map(label).join(', ')}`,
      );
    }
    if (!Value.Check(option, value))
      throw new InputError(`${label(name)} must be ${allowed(option)}, came ${shown(value)}`);
  }
  return Value.Default(schema, Object.fromEntries(present)) as Static<Schema>;
}

/** What a schema allows, in words: "a whole number of at least 2". */
export function allowed(schema: TSchema): string {
  const {
    type,
    allowed: own,
    enum: words,
    minimum,
    maximum,
    exclusiveMinimum,
    exclusiveMaximum,
    items,
  } = schema as {
    type?: string;
    allowed?: string;
    enum?: string[];
    minimum?: number;
    maximum?: number;
    exclusiveMinimum?: number;
    exclusiveMaximum?: number;
    items?: TSchema;
  };
  if (own) return own;
  if (words) return `one of ${words.join(', ')}`;
  if (type === 'array') return `a list, each ${allowed(items as TSchema)}`;
  if (type !== 'number' && type !== 'integer') return type === 'boolean' ? 'true or false' : 'text';
  const bounds = [
    minimum !== undefined && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    maximum !== undefined && `at most ${maximum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
  ].filter(Boolean);
  const noun = type === 'integer' ? 'a whole number' : 'a number';
  return bounds.length ? `${noun} ${bounds.join(' and ')}` : noun;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/**
 * Checks what no single option can show: that the sweep rises.
 *
 * @throws InputError when `startLr` is not below `endLr`
 */
export function checkRange(
  { startLr, endLr }: Pick<SweepOptions, 'startLr' | 'endLr'>,
  label: (name: string) => string = (name) => name,
): void {
  if (startLr >= endLr) {
    throw new InputError(`${label('startLr')} must be below ${label('endLr')}, came ${startLr} and ${endLr}`);
  }
}
