/**
 * Reads tables of FlatBuffers, in which Arrow writes its metadata. Every position is checked, since a table says itself where
 * its fields lie. Fields are counted from 0.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #fields: number;
  readonly #size: number;

  /**
   * @param view the buffer
   * @param at where the table lies
   * @throws RangeError for a place outside of the buffer
   */
  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#fields = at - view.getInt32(at, true);
    this.#size = view.getUint16(this.#fields, true);
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  byte(field: number, fallback = 0): number {
    const at = this.#place(field);
    return at === undefined ? fallback : this.#view.getUint8(at);
  }

  short(field: number, fallback = 0): number {
    const at = this.#place(field);
    return at === undefined ? fallback : this.#view.getInt16(at, true);
  }

  int(field: number, fallback = 0): number {
    const at = this.#place(field);
    return at === undefined ? fallback : this.#view.getInt32(at, true);
  }

  /** A number of 64 bits; beyond 2^53 it is rounded. */
  long(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  text(field: number): string | undefined {
    const at = this.#place(field);
    if (at === undefined) return undefined;
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    if (start + 4 + length > this.#view.byteLength) throw new RangeError('a text is cut off');
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start + 4, length));
  }

  tables(field: number): FlatTable[] {
    const { start, count } = this.#vector(field, 4);
    return Array.from({ length: count }, (_, i) => {
      const at = start + 4 * i;
      return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
    });
  }

  /** Structures of numbers of 64 bits. */
  longs(field: number, each: number): number[][] {
    const { start, count } = this.#vector(field, 8 * each);
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: each }, (__, k) => Number(this.#view.getBigInt64(start + 8 * (i * each + k), true))),
    );
  }

  #vector(field: number, size: number): { start: number; count: number } {
    const at = this.#place(field);
    if (at === undefined) return { start: 0, count: 0 };
    const start = at + this.#view.getUint32(at, true);
    const count = this.#view.getUint32(start, true);
    if (start + 4 + count * size > this.#view.byteLength) throw new RangeError('a list is longer than its buffer');
    return { start: start + 4, count };
  }

  #place(field: number): number | undefined {
    const entry = 4 + 2 * field;
    const offset = entry < this.#size ? this.#view.getUint16(this.#fields + entry, true) : 0;
    return offset === 0 ? undefined : this.#at + offset;
  }
}
