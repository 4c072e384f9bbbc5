/** Reads a pattern from left to right, a character (code point) at a time. */

/** What a pattern does that cannot be held: a clause about the pattern. */
export class PatternUnsupported extends Error {}

export class PatternScanner {
  rest: string;

  constructor(source: string) {
    this.rest = source;
  }

  get isAtEnd(): boolean {
    return this.rest === '';
  }
  /** '' at the end. */
  peek(): string {
    const point = this.rest.codePointAt(0);
    return point === undefined ? '' : String.fromCodePoint(point);
  }
  next(): string {
    const char = this.peek();
    if (char === '') throw new PatternUnsupported('ends too early');
    this.skip(char.length);
    return char;
  }
  skip(units: number): void {
    this.rest = this.rest.slice(units);
  }
  take(char: string): boolean {
    const isThere = this.rest.startsWith(char);
    if (isThere) this.skip(char.length);
    return isThere;
  }
  expect(char: string): void {
    if (!this.take(char)) throw new PatternUnsupported(`has no ${char} where one must be`);
  }
  /** Up to and with the next one of these. */
  skipPast(char: string): void {
    this.skip(this.rest.indexOf(char) + char.length);
  }
}
