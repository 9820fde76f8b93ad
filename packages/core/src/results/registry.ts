import type { TSchema } from 'typebox';
import { InputError, shownValue } from '../errors.js';
import { isObject } from '../json.js';
import { checkDocument } from '../options.js';
import { Comparison } from './comparison.js';
import { SweepResult } from './sweep.js';
import { TableDescription } from './table-description.js';
import { TrainingResult } from './training.js';
import { upgradeComparison, upgradeSetup, upgradeSweep, upgradeTraining } from './upgrade.js';

/** Any document that lrfind writes. */
export type Result = SweepResult | TrainingResult | Comparison;

/** The document that has this `format`. */
export type ResultOf<Format extends Result['format']> = Extract<Result, { format: Format }>;

/** An entry of the table of result kinds. */
export interface ResultKind {
  /** What messages call it; also the name of its published schema, `<name>.schema.json`. */
  readonly name: string;
  /** Schema of the current version. */
  readonly schema: TSchema;
  /** The `format` of version 1. */
  readonly formerFormat: string;
  /** Turns a document of version 1 into one of the current version. */
  readonly upgrade: (document: Record<string, unknown>) => unknown;
}

/** Every kind of result, by the document's `format`. Add one as a file and an entry here. */
export const resultKinds: { readonly [Format in Result['format']]: ResultKind } = {
  'lrfind-sweep': { name: 'sweep', schema: SweepResult, formerFormat: 'lrfind-run', upgrade: upgradeSweep },
  'lrfind-training': {
    name: 'training',
    schema: TrainingResult,
    formerFormat: 'lrfind-training',
    upgrade: upgradeTraining,
  },
  'lrfind-comparison': {
    name: 'comparison',
    schema: Comparison,
    formerFormat: 'lrfind-comparison',
    upgrade: upgradeComparison,
  },
};

/** Every document whose schema is published, by the schema's name: `<name>.schema.json`. */
export const documentSchemas: Readonly<Record<string, TSchema>> = {
  ...Object.fromEntries(Object.values(resultKinds).map(({ name, schema }) => [name, schema])),
  table: TableDescription,
};

/**
 * The format of a parsed document. Documents of version 1 get the current name of their format.
 *
 * @returns `undefined` when lrfind did not write it
 */
export function formatOf(parsed: unknown): Result['format'] | undefined {
  if (!isObject(parsed)) return undefined;
  const { format, version } = parsed;
  const formats = Object.keys(resultKinds) as Result['format'][];
  return formats.find((known) => format === known || (version === 1 && format === resultKinds[known].formerFormat));
}

/**
 * Checks a parsed JSON document. A document of version 1 is turned into one of the current version.
 *
 * @param parsed the value that `JSON.parse` returned
 * @param source what messages call the document, such as its path
 * @throws InputError when it is not a result of lrfind, is damaged, or has a version that this lrfind does not read
 *
 * @example
 * const result = parseResult(JSON.parse(text), 'sweep.json');
 * if (result.format === 'lrfind-sweep') console.log(result.suggestion?.learningRate);
 */
export function parseResult(parsed: unknown, source: string): Result {
  const format = formatOf(parsed);
  if (format === undefined) {
    const formats = Object.keys(resultKinds).map((name) => `"${name}"`);
    throw new InputError(`${source} is not a result of lrfind: its "format" must be one of ${formats.join(', ')}`);
  }
  const { name, schema, upgrade } = resultKinds[format];
  const { version } = parsed as { version?: unknown };
  const before = parsed as Record<string, unknown>;
  const document = upgradeSetup(version === 1 ? (upgrade(before) as typeof before) : before);
  if (version !== 1 && version !== 2)
    throw new InputError(
      `${source} is a ${name} of version ${shownValue(version)}; this lrfind reads versions 1 and 2`,
    );
  checkDocument(schema, document, `${source} is a damaged ${name}`);
  return document as Result;
}
