import { InputError } from '@lrfind/core';
import { type RedisAddress, shownAddress } from './address.js';

/** What Redis answers, and what is to be done about it. The first that fits is taken. */
const ANSWERS: readonly (readonly [answer: RegExp, meaning: string, refuses?: 'refuses'])[] = [
  [/^WRONGPASS|invalid password/, 'refuses the user or the password', 'refuses'],
  [/^NOAUTH/, 'asks for a password: give one in the URL, as :password@ before the host', 'refuses'],
  [/^DENIED/, 'takes connections of its own machine alone (protected mode): give it a password', 'refuses'],
  [/DB index/, 'has no database of that number: name another one, or set databases in its configuration', 'refuses'],
  [
    /^NOPERM|user executing the script can't/,
    "does not let this user do what a queue needs: allow it all commands on keys that begin with 'lrfind:'",
    'refuses',
  ],
  [/^OOM|maxmemory/, 'is full (maxmemory): give it more memory'],
  [/^READONLY|^UNBLOCKED.*replica/, 'can only be read: it is a replica; name the Redis that it follows', 'refuses'],
  [/^MISCONF/, "cannot save to its disk, and so takes nothing: look at its log and its disk's free space"],
  [/unknown command/i, 'must be Redis 6.2 or later, or Valkey', 'refuses'],
  [/max number of clients/, 'takes no more connections: raise its maxclients'],
  [/^LOADING/, 'is still reading its data'],
  [/^BUSY /, 'is busy with a script'],
  [/^(NOREPLICAS|MASTERDOWN|CLUSTERDOWN)/, 'is a part of a group that is not whole'],
  [/^MOVED|^ASK|cluster mode/, 'is a part of a cluster: name a single Redis', 'refuses'],
  [/Unknown RESP type/, 'is another program: it does not answer as Redis does', 'refuses'],
];

/** What ends a connection before Redis is reached. */
const UNREACHABLE = /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EAI_AGAIN|EPIPE/;

/** A connection that has ended, by what ioredis calls it. */
const CLOSED = /Connection is closed|Socket closed|Connection ended|aborted due to connection close/;

/** What ioredis says of a connection on which nothing came, with the milliseconds. */
const SILENT = /^Socket timeout\..* (\d+)ms/;

/** Answers that Redis does not give for long. */
const PASSING = /^(LOADING|BUSY |MASTERDOWN)|max number of clients/;

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
  const silence = SILENT.exec(message)?.[1];
  if (silence) return new InputError(`${shownAddress(address)} has not answered for ${Number(silence) / 1000} s`);
  if (CLOSED.test(message)) return new InputError(`${shownAddress(address)} has closed the connection`);
  if ((error as Error | undefined)?.name === 'ReplyError')
    return new InputError(`${shownAddress(address)} refuses what a queue needs: ${message.split('\n')[0]}`);
  return undefined;
}

/** Whether Redis refuses the client, however often it tries: by its user, or because nothing can be written there. */
export function isRefused(error: unknown): boolean {
  return knownAnswer(partsOf(error).message)?.[2] === 'refuses';
}

/** Whether waiting may help: Redis cannot be reached, or is still reading its data. */
export function mayPass(error: unknown): boolean {
  const { message, code } = partsOf(error);
  return [UNREACHABLE, CLOSED, SILENT, PASSING].some((pattern) => pattern.test(`${code} ${message}`.trim()));
}

/** Whether the other end ended the connection, by what it may have said before. */
export function isCutOff(error: unknown): boolean {
  const { message, code } = partsOf(error);
  return CLOSED.test(message) || /ECONNRESET|EPIPE/.test(`${code} ${message}`);
}

/** Whether the other end took the connection, as it seems, and did not answer in time. */
export function isSilent(error: unknown): boolean {
  const { message, code } = partsOf(error);
  return SILENT.test(message) || /ETIMEDOUT/.test(`${code} ${message}`);
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
