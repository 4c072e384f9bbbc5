/**
 * How often a kind of draft has been right lately, as a chance for the next one. Moves by a share
 * of the way at each hit and each miss: with a larger share for misses it doubts quickly and
 * believes slowly.
 */
export class Acceptance {
  #chance: number;
  readonly #raise: number;
  readonly #drop: number;

  constructor(chance: number, raise: number, drop: number) {
    this.#chance = chance;
    this.#raise = raise;
    this.#drop = drop;
  }

  /** In [0, 1]. */
  get chance(): number {
    return this.#chance;
  }

  note(isHit: boolean): void {
    this.#chance += isHit ? (1 - this.#chance) * this.#raise : -this.#chance * this.#drop;
  }
}
