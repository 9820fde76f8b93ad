import { describe, expect, test } from 'vitest';
import { redisAddress, shownAddress } from '../../src/redis/address.js';

describe('the URL of a Redis', () => {
  test('has host, port, database, user and password', () => {
    expect(redisAddress('redis://ann:p%40ss@example:7000/3', '--queue')).toEqual({
      ...{ host: 'example', port: 7000, db: 3, username: 'ann', password: 'p@ss' },
    });
    expect(redisAddress('redis://127.0.0.1', '--queue')).toEqual({ host: '127.0.0.1', port: 6379, db: 0 });
    expect(redisAddress('rediss://[::1]:6380', '--queue')).toEqual({
      ...{ host: '::1', port: 6380, db: 0, tls: {} },
    });
    // A name, unlike an IP address, is told to the server before the encryption begins.
    expect(redisAddress('rediss://example', '--queue').tls).toEqual({ servername: 'example' });
  });

  test('is shown without user and password', () => {
    expect(shownAddress(redisAddress('rediss://ann:secret@example/2', '--queue'))).toBe(
      'Redis at example:6379/2 (TLS)',
    );
    expect(shownAddress(redisAddress('redis://[::1]:7000', '--queue'))).toBe('Redis at [::1]:7000');
  });

  test.each([
    ['http://ann:secret@example', /must be the URL of a Redis.* begins http:\/\//],
    ['ann:secret@example', /begins ann:/],
    ['secret', /can't be read as a URL/],
    ['redis://ann:secret@example/zero', /only a port and the number of a database/],
    ['redis://ann:secret@example?ssl=1', /only a port and the number of a database/],
    ['redis://ann:secret@', /--queue must/],
    ['redis://ann:secret%zz@example', /--queue must have % as %25 in its password/],
    ['redis://%ann:secret@example', /--queue must have % as %25 in its user/],
  ])('that is another one is refused without its password: %#', (url, message) => {
    expect(() => redisAddress(url, '--queue')).toThrow(message);
    expect(() => redisAddress(url, '--queue')).not.toThrow(/secret@|:secret/);
  });
});
