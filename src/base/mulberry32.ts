/**
 * A small seeded generator of numbers in [0, 1): the same seed, the same numbers, on any machine.
 * For random weights, tests and benches; not for sampling tokens, and no secret may come from it.
 * Source: Tommy Ettinger's Mulberry32 (public domain), 32 bits of state.
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
