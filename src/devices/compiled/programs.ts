/** Code of programs by their key. Compiled when first asked for, never while a run is under way. */
import type { Program } from '../../compiler/lowering.ts';
import type { Machine } from './machine.ts';

export class Programs {
  readonly #machine: Machine;
  readonly #codes = new Map<string, number | Promise<number>>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  isReady(program: Program): boolean {
    return typeof this.#codes.get(program.key) === 'number';
  }

  code(program: Program): number | Promise<number> {
    const known = this.#codes.get(program.key);
    if (known !== undefined) return known;
    const code = this.#compile(program);
    this.#codes.set(program.key, code);
    return code;
  }

  #compile(program: Program): number | Promise<number> {
    const code = this.#machine.compile(program);
    if (typeof code === 'number') return code;
    const settled = code.then(
      (address) => {
        this.#codes.set(program.key, address);
        return address;
      },
      (cause) => {
        this.#codes.delete(program.key);
        throw cause;
      },
    );
    return settled;
  }
}
