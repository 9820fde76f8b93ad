/** xoshiro128** as published, in whole numbers of any size. */
export function* xoshiro128(...state: number[]): Generator<number> {
  const word = (value: bigint) => BigInt.asUintN(32, value);
  const rotated = (value: bigint, by: bigint) => word((value << by) | (value >> (32n - by)));
  const s = state.map((value) => word(BigInt(value))) as [bigint, bigint, bigint, bigint];
  while (true) {
    yield Number(word(rotated(word(s[1] * 5n), 7n) * 9n));
    const t = word(s[1] << 9n);
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 11n);
  }
}

/** MurmurHash3's fmix32, in whole numbers of any size. */
export function fmix32(value: bigint): bigint {
  let h = BigInt.asUintN(32, value);
  h ^= h >> 16n;
  h = BigInt.asUintN(32, h * 0x85ebca6bn);
  h ^= h >> 13n;
  h = BigInt.asUintN(32, h * 0xc2b2ae35n);
  return h ^ (h >> 16n);
}

/** The first uniform numbers of a stream. */
export function uniforms(count: number, seed: readonly [number, number], salt: number): number[] {
  const state = [1n, 2n, 3n, 4n].map((lane) => {
    const golden = lane * 0x9e3779b9n;
    return Number(fmix32(fmix32(fmix32(golden + BigInt(seed[0])) + BigInt(seed[1])) + BigInt(salt)));
  });
  const words = xoshiro128(...state);
  return Array.from({ length: count }, () => Math.floor((words.next().value as number) / 256) / 2 ** 24);
}
