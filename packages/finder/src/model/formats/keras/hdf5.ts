import { InputError, sizeText } from '@lrfind/core';
import { decodeText } from '@lrfind/data';
import { type NumberType, toFloat32 } from './numbers.js';

/** The most bytes of an attribute: Keras keeps the configuration of a whole model in one. */
const MOST_ATTRIBUTE_BYTES = 64 * 2 ** 20;
/** The most bytes that a dataset may have in the file's type. */
const MOST_DATASET_BYTES = 2 ** 30;
/** HDF5's classes of types. */
const TEXT = 3;

/** An HDF5 file, in memory. Paths have slashes between names and none before the first. */
export interface Hdf5File {
  /** Whether there is a group or a dataset, not behind a link to another place. */
  has(path: string): boolean;
  /** The names within a group; none where there is no group. */
  names(path: string): string[];
  /** The texts of an attribute, empty for an empty list; undefined where there is none. */
  texts(path: string, attribute: string): string[] | undefined;
  /**
   * The shape of a dataset.
   *
   * @throws InputError for a path without one, for one that lies in another file, and for one of more than 1 GB
   */
  shape(path: string): readonly number[];
  /**
   * The numbers of a dataset, as float32.
   *
   * @throws InputError as `shape`, and for what cannot be read and is no numbers
   */
  numbers(path: string): Float32Array;
  /** Frees the memory. Called once. */
  close(): void;
}

/** HDF5 in WebAssembly. */
type Library = Awaited<typeof import('h5wasm')['ready']>;

let files = 0;
let loaded: Promise<Library> | undefined;

/** HDF5's library in WebAssembly, with a file system in memory that holds no devices and no other files. */
function hdf5Library(): Promise<Library> {
  loaded ??= import('h5wasm').then(async ({ ready }) => {
    const library = await ready;
    const { FS } = library as unknown as { FS: FileSystem };
    // HDF5 prints what it finds wrong in a file; what is thrown says it too.
    FS.close(FS.getStream(2));
    FS.open('/dev/null', 'w');
    // A dataset may say that its numbers lie in another file: there must be none, nor a device that gives any.
    for (const name of FS.readdir('/dev')) {
      if (name !== '.' && name !== '..' && name !== 'shm') FS.unlink(`/dev/${name}`);
    }
    return library;
  });
  return loaded;
}

/** The part of emscripten's file system that is used. */
interface FileSystem {
  close(stream: unknown): void;
  getStream(number: number): unknown;
  open(path: string, flags: string): unknown;
  readdir(path: string): string[];
  unlink(path: string): void;
  createDataFile(
    parent: string,
    name: string,
    data: Uint8Array,
    canRead: boolean,
    canWrite: boolean,
    canOwn: boolean,
  ): void;
}

/**
 * Opens an HDF5 file. Links to other places and numbers in other files are refused, as in Keras.
 *
 * @param name what messages call the file
 * @param bytes which must not be changed until it is closed
 * @throws InputError for bytes that are no HDF5 file
 */
export async function openHdf5(name: string, bytes: Uint8Array): Promise<Hdf5File> {
  const library = await hdf5Library();
  const { FS } = library as unknown as { FS: FileSystem };
  // A name that no file can guess, for links and outside numbers that name it.
  const own = `${crypto.randomUUID()}-${files++}`;
  FS.createDataFile('/', own, bytes, true, false, true);
  const id = library.open(own, library.H5F_ACC_RDONLY);
  const damaged = (what: string) => new InputError(`${name}: ${what}`);
  if (id < 0n) {
    FS.unlink(own);
    throw new InputError(`${name} is a damaged HDF5 file`);
  }

  /** A path step by step, so that no link is followed. */
  const checkLinks = (path: string) => {
    const parts = path.split('/');
    for (let i = 1; i <= parts.length; i++) {
      const part = parts.slice(0, i).join('/');
      const isLink =
        library.get_symbolic_link(id, part) != null || library.get_external_link(id, part).filename !== undefined;
      if (isLink) throw damaged(`"${part}" must be a group or a dataset of the file itself; got a link`);
    }
  };
  const kindOf = (path: string): number => {
    if (path === '') return library.H5G_GROUP;
    const parts = path.split('/');
    for (let i = 1; i < parts.length; i++)
      if (library.get_type(id, parts.slice(0, i).join('/')) !== library.H5G_GROUP) return -1;
    const kind = library.get_type(id, path);
    if (kind !== -1) checkLinks(path);
    return kind;
  };
  const metadata = (path: string) => {
    if (kindOf(path) !== library.H5G_DATASET) throw damaged(`"${path}" must be a dataset; got none`);
    const { shape, size, virtual_sources: sources, ...type } = library.get_dataset_metadata(id, path);
    if (sources && sources.length > 0) throw damaged(`"${path}" must hold its numbers itself; got a virtual dataset`);
    const count = (shape ?? []).reduce((product, length) => product * length, 1);
    if (!(count * size <= MOST_DATASET_BYTES))
      throw damaged(
        `"${path}" must have at most ${sizeText(MOST_DATASET_BYTES)}; got the shape [${(shape ?? []).join(', ')}]`,
      );
    return { ...type, shape: shape ?? [], size, count };
  };
  const hasAttribute = (path: string, attribute: string) =>
    kindOf(path) !== -1 && library.get_attribute_names(id, path || '/').includes(attribute);

  /** Bytes that HDF5 puts where it is told to. */
  const filled = <Result>(length: number, fill: (at: number) => number, use: (at: number) => Result, what: string) => {
    const at = library._malloc(Math.max(length, 8));
    if (at === 0) throw damaged(`${what} must fit into the memory of WebAssembly; got ${sizeText(length)}`);
    try {
      // Its status, which h5wasm ignores: without it, numbers that cannot be read would be what the memory held before.
      if (fill(at) < 0) throw damaged(`${what} cannot be read`);
      return use(at);
    } finally {
      library._free(at);
    }
  };
  const texts = (path: string, attribute: string): string[] | undefined => {
    if (!hasAttribute(path, attribute)) return undefined;
    const what = `the attribute ${attribute} of "${path || '/'}"`;
    const { type, size, vlen, total_size: count } = library.get_attribute_metadata(id, path || '/', attribute);
    if (count === 0) return [];
    if (type !== TEXT) throw damaged(`${what} must be text`);
    const length = count * size;
    if (!(length <= MOST_ATTRIBUTE_BYTES))
      throw damaged(`${what} must have at most ${sizeText(MOST_ATTRIBUTE_BYTES)}; got ${sizeText(length)}`);
    const read = (at: number) => library.get_attribute_data(id, path || '/', attribute, BigInt(at));
    const decode = (at: number): string[] => {
      if (!vlen) {
        const content = library.HEAPU8.slice(at, at + length);
        return Array.from({ length: count }, (_, i) => textOf(content.subarray(i * size, (i + 1) * size)));
      }
      const pointers = new Uint32Array(library.HEAPU8.slice(at, at + 4 * count).buffer);
      try {
        return Array.from(pointers, (pointer) => (pointer === 0 ? '' : library.UTF8ToString(pointer)));
      } finally {
        library.reclaim_vlen_memory(id, path || '/', attribute, BigInt(at));
      }
    };
    return filled(length, read, decode, what);
  };

  const numbersOf = (path: string): Float32Array => {
    const { type, size, signed, count } = metadata(path);
    const [dtype] = texts(path, 'dtype') ?? [];
    const numbers: NumberType = { type, size, signed, dtype };
    const length = count * size;
    if (length === 0) return new Float32Array(0);
    return filled(
      length,
      (at) => library.get_dataset_data(id, path, null, null, null, BigInt(at)),
      (at) => toFloat32(library.HEAPU8.subarray(at, at + length), numbers, `${name}: "${path}"`),
      `"${path}"`,
    );
  };
  /** What HDF5 throws in a damaged file is a mistake of the file. */
  const reading = <Result>(path: string, read: () => Result): Result => {
    try {
      return read();
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw damaged(`"${path || '/'}" cannot be read: ${(error as Error).message}`);
    }
  };

  return {
    has: (path) => reading(path, () => kindOf(path) !== -1),
    names: (path) =>
      reading(path, () => (kindOf(path) === library.H5G_GROUP ? library.get_names(id, path || '/', false) : [])),
    texts: (path, attribute) => reading(path, () => texts(path, attribute)),
    shape: (path) => reading(path, () => metadata(path).shape),
    numbers: (path) => reading(path, () => numbersOf(path)),
    close() {
      library.close_file(id);
      FS.unlink(own);
    },
  };
}

/** A text of fixed length ends with its first zero. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeText(bytes, 0, end === -1 ? bytes.length : end);
}
