import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, InputError, notAllowed, sizeText } from '@lrfind/core';
import type { Redis } from 'ioredis';

/** Bytes by their content: a model, rows, a state, an outcome. */
export interface Content {
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Where bytes are that trainings need and jobs do not hold: small ones in Redis, large ones where `--shared` says. */
export interface Contents {
  /**
   * Stores bytes.
   *
   * @param options `again`: also where they seem to be there already
   * @throws InputError for bytes that are too many for Redis where nothing is shared, and where the folder or URL cannot be written
   */
  put(bytes: Uint8Array, options?: { readonly again?: boolean }): Promise<Content>;
  /**
   * Bytes that were stored.
   *
   * @returns null where they are not there, or are others
   * @throws InputError for bytes that are too many for Redis where nothing is shared, and where the folder or URL cannot be read
   */
  get(content: Content): Promise<Uint8Array | null>;
  /** Lets bytes in Redis stay for another week. */
  keep(contents: readonly Content[]): Promise<void>;
  /** Removes bytes that nobody needs any more. */
  remove(content: Content): Promise<void>;
}

/** More bytes than this travel by what is shared: Redis would be in the way of everybody else while it moves them. */
export const MOST_IN_REDIS = 16 * 2 ** 20;

/** Seconds after which Redis forgets bytes that no study keeps: those of a study that was ended and not resumed. */
const EXPIRY = 7 * 24 * 3600;

/**
 * Checks what models, rows and states above {@link MOST_IN_REDIS} travel by.
 *
 * @throws InputError for a text that is neither a folder nor a URL of HTTP
 */
export function checkShared(shared: string | undefined): void {
  if (shared === undefined || (shared !== '' && !/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(shared))) return;
  throw notAllowed('--shared', 'a folder, or a URL that begins http:// or https://', shared);
}

const keyOf = ({ sha256 }: Content) => `lrfind:content:${sha256}`;

/** What bytes are, for who stores or asks for them. */
export function contentOf(bytes: Uint8Array): Content {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

/** Whether bytes are those of a content. */
function isContent(bytes: Uint8Array, content: Content): boolean {
  return bytes.length === content.bytes && contentOf(bytes).sha256 === content.sha256;
}

/**
 * Bytes in Redis and in what is shared.
 *
 * @param shared a folder, or a URL under which files can be had and put (HTTP `GET`, `PUT` and `DELETE`); may hold user and password
 */
export function openContents(redis: Redis, shared: string | undefined): Contents {
  const large = shared === undefined ? undefined : /^https?:/.test(shared) ? sharedUrl(shared) : sharedFolder(shared);
  const placeOf = ({ bytes }: Content): SharedPlace | undefined => {
    if (bytes <= MOST_IN_REDIS) return undefined;
    if (large) return large;
    throw new InputError(
      `${sizeText(bytes)} of model, rows or state are too many for Redis, which gets at most ${sizeText(MOST_IN_REDIS)} at once: name a folder or a URL that this machine and all workers share, --shared`,
    );
  };
  return {
    async put(bytes, { again = false } = {}) {
      const content = contentOf(bytes);
      const place = placeOf(content);
      if (place) {
        if (again || !(await place.has(content))) await place.write(content, bytes);
      } else if (again || (await redis.expire(keyOf(content), EXPIRY)) === 0) {
        await redis.set(keyOf(content), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'EX', EXPIRY);
      }
      return content;
    },
    async get(content) {
      const place = placeOf(content);
      const bytes = place ? await place.read(content) : await redis.getBuffer(keyOf(content));
      return bytes && isContent(bytes, content) ? bytes : null;
    },
    async keep(contents) {
      await Promise.all(contents.filter((each) => !placeOf(each)).map((each) => redis.expire(keyOf(each), EXPIRY)));
    },
    async remove(content) {
      const place = placeOf(content);
      if (place) await place.remove(content);
      else await redis.del(keyOf(content));
    },
  };
}

/** What machines share, besides Redis. */
interface SharedPlace {
  has(content: Content): Promise<boolean>;
  write(content: Content, bytes: Uint8Array): Promise<void>;
  read(content: Content): Promise<Uint8Array | null>;
  remove(content: Content): Promise<void>;
}

function sharedFolder(folder: string): SharedPlace {
  const pathOf = ({ sha256 }: Content) => join(folder, sha256);
  return {
    has: async (content) => (await stat(pathOf(content)).catch(() => null))?.size === content.bytes,
    async write(content, bytes) {
      const path = pathOf(content);
      const part = `${path}.${randomUUID()}.part`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(part, bytes, { flush: true });
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true }).catch(() => {});
        throw fileError(`the shared folder ${folder} cannot be written`, error);
      }
    },
    async read(content) {
      try {
        return await readFile(pathOf(content));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw fileError(`the shared folder ${folder} cannot be read`, error);
      }
    },
    remove: (content) => rm(pathOf(content), { force: true }),
  };
}

function sharedUrl(text: string): SharedPlace {
  const base = new URL(text.endsWith('/') ? text : `${text}/`);
  const { username, password } = base;
  base.username = '';
  base.password = '';
  const headers: Record<string, string> =
    username === '' && password === ''
      ? {}
      : {
          authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
        };
  /** @throws InputError for an answer that is neither success nor "not found" */
  const ask = async (method: string, { sha256 }: Content, body?: Uint8Array): Promise<Response | null> => {
    const url = new URL(sha256, base);
    let response: Response;
    try {
      response = await fetch(url, { method, headers, ...(body && { body: body as Uint8Array<ArrayBuffer> }) });
    } catch (error) {
      const { cause } = error as { cause?: { code?: string; message?: string } };
      throw new InputError(`${url} cannot be reached: ${cause?.code ?? cause?.message ?? 'no answer'}`);
    }
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404 && method !== 'PUT') return null;
    throw new InputError(`${url} must allow ${method}; it answers ${response.status} ${response.statusText}`);
  };
  return {
    async has(content) {
      const response = await ask('HEAD', content);
      return response !== null && Number(response.headers.get('content-length') ?? content.bytes) === content.bytes;
    },
    async write(content, bytes) {
      const response = await ask('PUT', content, bytes);
      await response?.body?.cancel();
    },
    async read(content) {
      const response = await ask('GET', content);
      return response && new Uint8Array(await response.arrayBuffer());
    },
    async remove(content) {
      const response = await ask('DELETE', content);
      await response?.body?.cancel();
    },
  };
}
