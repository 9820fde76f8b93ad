/** A seeded generator for tests: uniform integers, normal numbers that float32 holds exactly, and choices. */
export function randomSource(seed: number) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.fround(Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
  return {
    integer: (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1)),
    normals: (count: number) => Array.from({ length: count }, normal),
    pick: <T>(choices: readonly T[]): T => choices[Math.floor(uniform() * choices.length)] as T,
  };
}

export type Random = ReturnType<typeof randomSource>;
