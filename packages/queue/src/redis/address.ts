import { isIP } from 'node:net';
import { InputError } from '@lrfind/core';

/** Where a Redis is, and what it asks for. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  /** Present where the connection is encrypted, with the name that the certificate must have where the host is no IP address. */
  readonly tls?: { readonly servername?: string };
}

// Without a user and a password, which no message shows.
const EXAMPLE = 'redis://127.0.0.1:6379/0, or rediss:// for an encrypted connection';

/**
 * Reads the URL of a Redis.
 *
 * @param what messages call it, such as `--queue`
 * @throws InputError for another URL; its message has neither user nor password
 */
export function redisAddress(text: string, what: string): RedisAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The text may hold a password, so no message shows it.
    throw new InputError(`${what} must be the URL of a Redis, such as ${EXAMPLE}; what it is can't be read as a URL`);
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw new InputError(
      `${what} must be the URL of a Redis, such as ${EXAMPLE}; got one that begins ${url.protocol}//`,
    );
  const db = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(db) || url.search !== '' || url.hash !== '' || url.hostname === '')
    throw new InputError(
      `${what} must have a host, and after it only a port and the number of a database, as in ${EXAMPLE}`,
    );
  const decoded = (part: string, text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw new InputError(`${what} must have % as %25 in its ${part}; got one with a % that begins no code`);
    }
  };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: Number(url.port || 6379),
    db: Number(db),
    ...(url.username !== '' && { username: decoded('user', url.username) }),
    ...(url.password !== '' && { password: decoded('password', url.password) }),
    ...(url.protocol === 'rediss:' && { tls: isIP(host) === 0 ? { servername: host } : {} }),
  };
}

/** A Redis as messages name it: without user and password. */
export function shownAddress({ host, port, db, tls }: RedisAddress): string {
  return `Redis at ${host.includes(':') ? `[${host}]` : host}:${port}${db === 0 ? '' : `/${db}`}${tls ? ' (TLS)' : ''}`;
}
