import { assertOptions } from '../errors.js';
import { checkRates, checkSeeds } from '../sweep/check-range.js';
import { declared as ofSearch } from '../sweep/declared-options.js';
import type { SweepOptions } from '../sweep/options.js';
import type { SuggestionMethod } from '../sweep/suggest/method.js';
import { resolveMethods } from '../sweep/suggest/registry.js';
import { type NamedSweptOptimizer, sweptOptimizer } from '../sweep/swept-optimizers.js';
import type { LoopFunctions, LoopSignal } from './black-box.js';
import { type Declared, fillOptions } from './fill-options.js';

/** Limits and defaults of the options of `findRate` that are plain values. */
export const declared = {
  ...ofSearch,
  verify: {
    anyOf: [{ type: 'boolean' }, { type: 'integer', minimum: 20 }, { type: 'string', pattern: '^[0-9]*\\.?[0-9]+s$' }],
    allowed: 'true, false, a whole number of steps at least 20, or seconds such as 20s',
    default: false,
  },
} as const satisfies Readonly<Record<string, Declared>>;

/** The plain options of a search with a loop of the caller's own, with defaults filled in. */
export type LoopSettings = Pick<
  SweepOptions,
  'startLr' | 'endLr' | 'steps' | 'range' | 'spacing' | 'repeats' | 'seed' | 'trainingSteps'
> & { readonly verify: boolean | number | string };

/** What says how curves are read, whoever measured them. */
export interface ReadingOptions {
  /** What results call that which was trained. */
  readonly name?: string | undefined;
  /** What results call its loss. Default: `loss`. */
  readonly loss?: string | undefined;
  /**
   * Name of its optimizer, such as `adam`, or what is known of another one: `{ name: 'sophia', averaging: true }`, where `averaging` says
   * whether it averages gradients over steps. Default: unknown, and the answer is read from the curve alone.
   */
  readonly optimizer?: string | NamedSweptOptimizer | undefined;
  /** Methods of suggestion; the first gives the answer. Default: all. */
  readonly suggest?: readonly string[] | undefined;
}

/** Options of `findRate`; all but `reset` have defaults. */
export interface LoopOptions extends Partial<LoopSettings>, LoopFunctions, ReadingOptions {
  /** Ends the search: its promise is rejected with the signal's reason, even while a step does not return. */
  readonly signal?: LoopSignal | undefined;
  /** Called after every measured step of a sweep. */
  readonly onStep?: ((event: LoopStepEvent) => void) | undefined;
  /** With `verify`: called as a rate is tried, after each evaluation of a training. */
  readonly onTry?: ((event: LoopTryEvent) => void) | undefined;
}

/** What `onStep` gets. */
export interface LoopStepEvent {
  /** Number of the step in its sweep, from 0, and how many there are at most. */
  readonly step: number;
  readonly steps: number;
  readonly rate: number;
  /** Null where it is not finite. */
  readonly loss: number | null;
  readonly seed: number;
  /** Number of the sweep, from 0, and how many there are. */
  readonly repeat: number;
  readonly repeats: number;
}

/** What `onTry` gets. */
export interface LoopTryEvent {
  /** The constant learning rate. */
  readonly rate: number;
  readonly seed: number;
  /** Steps that the training has taken, and that it will take. */
  readonly step: number;
  readonly length: number;
  /** Null where it is not finite. */
  readonly loss: number | null;
}

/** How curves are read. */
export interface Reading {
  readonly name: string;
  readonly loss: string;
  readonly optimizer: NamedSweptOptimizer;
  readonly methods: readonly SuggestionMethod[];
  /** What was assumed, in sentences. */
  readonly notes: readonly string[];
}

const reading = ['name', 'loss', 'optimizer', 'suggest'];

/** Every option of `findRate`. */
export const loopOptionNames = [
  ...['reset', 'evaluate'],
  ...Object.keys(declared),
  ...reading,
  ...['signal', 'onStep', 'onTry'],
];

/**
 * Checks the options of `findRate`.
 *
 * @throws InputError for an unknown option, for a value that is not allowed, and for a range that does not rise
 */
export function loopSettings(options: LoopOptions): LoopSettings {
  assertOptions(options, loopOptionNames);
  const settings = fillOptions(declared, options as unknown as Record<string, unknown>) as unknown as LoopSettings;
  checkRates(settings);
  checkSeeds(settings);
  return settings;
}

/**
 * Checks the options that say how curves are read.
 *
 * @param standard what results call that which was trained, where the caller has no name for it
 * @throws InputError for an unknown optimizer or method
 */
export function readingOf({ name = '', loss = 'loss', optimizer, suggest }: ReadingOptions, standard: string): Reading {
  const swept = sweptOptimizer(optimizer);
  return {
    name: name || standard,
    loss,
    optimizer: swept,
    methods: resolveMethods(suggest),
    notes:
      optimizer === undefined
        ? [
            'optimizer: not known, so the answer is read from the curve alone; its name would say how it averages gradients and which rates suit it',
          ]
        : [],
  };
}
