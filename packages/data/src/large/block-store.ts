/** Where blocks of rows are put that do not fit into memory. `diskStore` of `@lrfind/data/node` is a temporary file. */
export interface BlockStore {
  /**
   * Puts bytes at the end.
   *
   * @returns the position at which they begin
   * @throws InputError when there is no place for them
   */
  append(parts: readonly Uint8Array[]): Promise<number>;
  /**
   * Reads bytes.
   *
   * @throws InputError when they cannot be read
   */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Frees the place; once, or again without effect. */
  close(): Promise<void>;
}
