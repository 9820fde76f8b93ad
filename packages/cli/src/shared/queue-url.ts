import { InputError } from '@lrfind/core';
import * as Type from 'typebox';

/** Holds the URL of Redis where a flag does not: a list of processes shows flags, and with them a password. */
const VARIABLE = 'LRFIND_QUEUE';

/**
 * Declares `--queue`, which may stand without a value.
 *
 * @param description of the flag
 */
export const queueOption = (description: string) =>
  Type.Optional(
    Type.Unsafe<string | boolean>({
      anyOf: [{ type: 'boolean' }, { type: 'string' }],
      placeholder: 'url',
      optionalValue: true,
      description,
    }),
  );

/** Declares the queue of commands that have no other. */
export const ownQueueOption = queueOption(
  'Redis with the queue: redis://host:6379, rediss:// for TLS (default: the URL in LRFIND_QUEUE)',
);

/** The URL of Redis, and what messages call it. */
export interface QueueUrl {
  readonly url: string;
  readonly what: string;
}

/**
 * The URL of a queue: that of `--queue`, else that of the environment.
 *
 * @param given the flag; true where it stands without a value
 * @throws InputError where there is neither
 */
export function queueUrl(given: string | boolean | undefined): QueueUrl {
  if (typeof given === 'string' && given !== '') return { url: given, what: '--queue' };
  const { [VARIABLE]: url } = process.env;
  if (url) return { url, what: VARIABLE };
  throw new InputError(
    `--queue must be the URL of a Redis, such as redis://127.0.0.1:6379; or set ${VARIABLE}, which keeps a password out of the list of processes`,
  );
}
