/**
 * How many drafts each sequence gets in a step: the likeliest drafts first, whoever they belong
 * to, and of all ways to cut that list the one with most expected tokens per time.
 */
export interface DraftWish {
  /** That its first draft is right; each further one is right by the same chance. */
  readonly chance: number;
  readonly maxDrafts: number;
}

/** Rows of a step that decodes and verifies: so many go through the weights in about one pass. */
export const maxDecodeRows = 8;
/** A draft that is less likely than this is not worth its row, even where rows seem free. */
export const leastChance = 0.35;

/** Drafts per wish. `relativeCost`: the time of so many rows over that of `baseRows`. */
export function shareDrafts(
  wishes: readonly DraftWish[],
  baseRows: number,
  relativeCost: (rows: number) => number,
): number[] {
  const granted = wishes.map(() => 0);
  let best = [...granted];
  let bestValue = baseRows;
  let expected = baseRows;
  for (let rows = baseRows + 1; rows <= maxDecodeRows; rows++) {
    const [index, chance] = likeliest(wishes, granted);
    if (chance < leastChance) break;
    granted[index]++;
    expected += chance;
    const value = expected / relativeCost(rows);
    if (value <= bestValue) continue;
    bestValue = value;
    best = [...granted];
  }
  return best;
}

/** Tokens that a wish may hope for, were there room for all of it. */
export function expectedTokens({ chance, maxDrafts }: DraftWish): number {
  let [sum, next] = [0, chance];
  for (let i = 0; i < maxDrafts && next >= leastChance; i++, next *= chance) sum += next;
  return sum;
}

/** The next draft of each counts only if those before it are right. */
function likeliest(wishes: readonly DraftWish[], granted: readonly number[]): [number, number] {
  let [index, most] = [-1, 0];
  wishes.forEach(({ chance, maxDrafts }, i) => {
    const next = granted[i] < maxDrafts ? chance ** (granted[i] + 1) : 0;
    if (next > most) [index, most] = [i, next];
  });
  return [index, most];
}
