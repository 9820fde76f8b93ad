import { InputError } from '@lrfind/core';
import { type RedisAddress, shownAddress } from './address.js';

/** What Redis answers, and what is to be done about it. The first that fits is taken. */
const ANSWERS: readonly (readonly [answer: RegExp, meaning: string, refuses?: 'refuses'])[] = [
  [/^WRONGPASS|invalid password/, 'refuses the user or the password', 'refuses'],
  [/^NOAUTH/, 'asks for a password: give one in the URL, between :// and the host, as :password@', 'refuses'],
  [
    /^NOPERM/,
    "does not let this user do what a queue needs: allow it all commands on keys that begin with 'lrfind:'",
    'refuses',
  ],
  [
    /^OOM|maxmemory/,
    'is full (maxmemory): give it more memory, or let workers take what waits, and go on with --resume',
  ],
  [/^READONLY/, 'can only be read: it is a replica; name the Redis that it follows', 'refuses'],
  [
    /^MISCONF/,
    "cannot save to its disk, and so takes nothing: look at its log and its disk's free space, and go on with --resume",
  ],
  [/unknown command/i, 'must be Redis 6.2 or later, or Valkey'],
  [/^(NOREPLICAS|MASTERDOWN|CLUSTERDOWN)/, 'is a part of a group that is not whole'],
  [/^MOVED|^ASK/, 'is a part of a cluster: name a single Redis, or one that Sentinel watches'],
];

/** What ends a connection before Redis is reached. */
const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EAI_AGAIN|EPIPE/;

/**
 * What an error of Redis means to the user, without user and password.
 *
 * @returns undefined where the error is none of Redis
 */
export function redisFailure(address: RedisAddress, error: unknown): InputError | undefined {
  const { message, code } = partsOf(error);
  const known = knownAnswer(message);
  if (known) return new InputError(`${shownAddress(address)} ${known[1]}`);
  const unreachable = UNREACHABLE.exec(`${code} ${message}`)?.[0];
  if (unreachable) return new InputError(`${shownAddress(address)} does not answer: ${unreachable}`);
  if (
    /^(ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) ||
    /SSL routines|certificate/.test(message)
  )
    return new InputError(
      `${shownAddress(address)} has no connection that TLS trusts: ${code || 'the handshake failed'}`,
    );
  if (/Connection is closed|Socket closed|Connection ended/.test(message))
    return new InputError(`${shownAddress(address)} has closed the connection`);
  return undefined;
}

/** Whether Redis refuses the client, however often it tries: by its user, or because nothing can be written there. */
export function isRefused(error: unknown): boolean {
  return knownAnswer(partsOf(error).message)?.[2] === 'refuses';
}

/** Whether waiting may help: Redis cannot be reached, or is still reading its data. */
export function mayPass(error: unknown): boolean {
  const { message, code } = partsOf(error);
  return UNREACHABLE.test(`${code} ${message}`) || /^LOADING|Connection is closed|Socket closed/.test(message);
}

function knownAnswer(message: string) {
  // What a script of BullMQ reports has Redis's own answer behind it.
  const answer = message.replace(/^.*?(?=\b(?:OOM|READONLY|MISCONF|NOPERM|WRONGPASS|NOAUTH)\b)/s, '');
  return ANSWERS.find(([pattern]) => pattern.test(answer));
}

function partsOf(error: unknown) {
  const { message = '', code = '' } = (error ?? {}) as { message?: string; code?: string };
  return { message, code };
}
