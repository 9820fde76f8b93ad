import { readFile } from 'node:fs/promises';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import { InputError } from '@lrfind/core';

/** Any document that lrfind writes. */
export type Result = SweepResult | TrainingResult | Comparison;

/** Every document by its format: the schema and what it is called. */
const documents: Readonly<Record<Result['format'], { schema: TSchema; name: string }>> = {
  'lrfind-run': { schema: SweepResult, name: 'run' },
  'lrfind-training': { schema: TrainingResult, name: 'training' },
  'lrfind-comparison': { schema: Comparison, name: 'comparison' },
};

/**
 * Reads a result that was written as JSON: of a sweep, a training or a comparison, which its `format` tells apart.
 *
 * @throws InputError when there is no such file, it is not JSON or not a result of a version that is known
 */
export async function readResult(path: string): Promise<Result> {
  const parsed = await readJson(path, 'result');
  const format = formatOf(parsed);
  if (format === undefined) {
    const formats = Object.keys(documents).map((name) => `"${name}"`);
    throw new InputError(`${path} is not a result of lrfind: its "format" is none of ${formats.join(', ')}`);
  }
  return checked(path, parsed, format);
}

/**
 * Reads a run that was written as JSON: the result of a sweep.
 *
 * @throws InputError when there is no such file, it is not JSON or not a run of a version that is known
 */
export async function readSweepResult(path: string): Promise<SweepResult> {
  const parsed = await readJson(path, 'run');
  const format = formatOf(parsed);
  if (format === undefined) throw new InputError(`${path} is not a run of lrfind: it has no "format": "lrfind-run"`);
  if (format === 'lrfind-run') return checked(path, parsed, format) as SweepResult;
  throw new InputError(`${path} is a ${documents[format].name}, not a sweep: name a file that lrfind find has written`);
}

async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT' ? `no such ${what} file: ${path}` : `cannot read the ${what} ${path}: ${error.message}`,
    );
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

function formatOf(parsed: unknown): Result['format'] | undefined {
  const { format } = (parsed ?? {}) as { format?: unknown };
  return typeof format === 'string' && Object.hasOwn(documents, format) ? (format as Result['format']) : undefined;
}

function checked(path: string, parsed: unknown, format: Result['format']): Result {
  const { schema, name } = documents[format];
  if (Value.Check(schema, parsed)) return parsed as Result;
  const { version } = parsed as { version?: unknown };
  if (version !== 1) throw new InputError(`${path} is a ${name} of version ${version}; this lrfind reads version 1`);
  const [first] = Value.Errors(schema, parsed);
  throw new InputError(`${path} is a damaged ${name}: ${first?.instancePath || '/'} ${first?.message}`);
}
