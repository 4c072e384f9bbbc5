/** A place in the code, known once `bind` was called. Made by `Assembler.label()` only. */
export class Label {
  readonly name: string;
  /** Bytes from the start of the code. */
  position: number | undefined;

  constructor(name: string) {
    this.name = name;
  }

  toString(): string {
    return this.name;
  }
}
