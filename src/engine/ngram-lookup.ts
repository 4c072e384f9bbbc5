/**
 * Drafts by looking back: where the sequence's last 4, 3 or 2 tokens stood before, what followed
 * them then may follow them now (prompt lookup). Pays where a reply repeats its prompt or itself,
 * and is wrong nearly always elsewhere, so each size of match is judged by its history: every
 * token shows whether a draft would have been right, drafted or not, which costs nothing. A match
 * that goes on and on is judged by its own length as well. A sequence that never repeats is never
 * drafted for.
 */
import { Acceptance } from './acceptance.ts';

const sizes = [4, 3, 2] as const;
/** From no history it takes four hits to be believed for them alone, and one or two misses to lose that. */
const [raise, drop] = [1 / 6, 1 / 2];
/** Below this no draft is made at all. */
const leastChance = 0.5;
/** So many hits in a row are a repetition, whatever came before them. */
const leastRun = 3;

export class NgramLookup {
  /** Per size a table hash → place after the last n-gram of this hash; 0 = none. Newer ones win. */
  #tables = sizes.map(() => new Int32Array(512));
  #numTokens = 0;
  /** The token at this place would come next; -1 = no match. */
  #match = -1;
  /** Index into `sizes` of that match. */
  #matchSize = 0;
  /** Hits up to now without a miss. */
  #run = 0;
  readonly #acceptances = sizes.map(() => new Acceptance(0, raise, drop));

  /** Takes in what is new of `tokens`. Those before `promptTokens` are no evidence: nobody drafted them. */
  update(tokens: Int32Array, promptTokens: number): void {
    if (tokens.length * 2 > this.#tables[0].length) this.#grow(tokens);
    for (let place = this.#numTokens; place < tokens.length; place++) {
      const isHit = this.#match >= 0 && tokens[this.#match] === tokens[place];
      if (this.#match >= 0 && place >= promptTokens) {
        this.#acceptances[this.#matchSize].note(isHit);
        this.#run = isHit ? this.#run + 1 : 0;
      }
      // A long match that went on is longer than any other that would be found.
      const next = isHit && this.#matchSize === 0 ? this.#match + 1 : -1;
      this.#enter(tokens, place + 1);
      if (next < 0) continue;
      this.#match = next;
      this.#matchSize = 0;
    }
    this.#numTokens = tokens.length;
  }

  /** That the first draft is right; 0 where there is none to make. The next ones are right by its powers. */
  get chance(): number {
    if (this.#match < 0) return 0;
    const { chance } = this.#acceptances[this.#matchSize];
    // Laplace's rule of succession: how likely what happened so often in a row happens once more.
    const ofRun = this.#run < leastRun ? 0 : (this.#run + 1) / (this.#run + 2);
    const likelier = Math.max(chance, ofRun);
    return likelier < leastChance ? 0 : likelier;
  }

  /** `tokens` are those of the last update. A match that reaches the end goes on with the drafts themselves. */
  draft(tokens: Int32Array, count: number): number[] {
    const drafts: number[] = [];
    for (let i = 0; i < count; i++) {
      const place = this.#match + i;
      drafts.push(place < tokens.length ? tokens[place] : drafts[place - tokens.length]);
    }
    return drafts;
  }

  /** Finds the longest match of the n-grams that end before `end`, then enters them. */
  #enter(tokens: Int32Array, end: number): void {
    this.#match = -1;
    for (let s = 0; s < sizes.length; s++) {
      const size = sizes[s];
      if (end < size) continue;
      const table = this.#tables[s];
      const slot = hash(tokens, end, size) & (table.length - 1);
      const place = table[slot];
      if (this.#match < 0 && place > 0 && isSame(tokens, place, end, size)) {
        this.#match = place;
        this.#matchSize = s;
      }
      table[slot] = end;
    }
  }

  /** Twice as large as needed, so that tokens are entered anew a few times in all, however long it gets. */
  #grow(tokens: Int32Array): void {
    const length = 2 ** Math.ceil(Math.log2(tokens.length * 4));
    const [match, matchSize] = [this.#match, this.#matchSize];
    this.#tables = sizes.map(() => new Int32Array(length));
    for (let end = 1; end <= this.#numTokens; end++) this.#enter(tokens, end);
    [this.#match, this.#matchSize] = [match, matchSize];
  }
}

/** FNV-1a of tokens [end - size, end), its high bits mixed into the low ones that are used. */
function hash(tokens: Int32Array, end: number, size: number): number {
  let hash = 0x811c9dc5;
  for (let i = end - size; i < end; i++) hash = Math.imul(hash ^ tokens[i], 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(tokens: Int32Array, end: number, otherEnd: number, size: number): boolean {
  for (let i = 1; i <= size; i++) if (tokens[end - i] !== tokens[otherEnd - i]) return false;
  return true;
}
