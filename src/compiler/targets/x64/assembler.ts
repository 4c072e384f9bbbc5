/**
 * The x64 assembler. Methods are the manual's mnemonics in the manual's operand order, made from
 * encodings-table.ts: `a.vpdpbusd(zmm0, zmm1, at(rax).broadcast())`. Operands without a form do
 * not type-check, and throw. Jumps to bound labels are short where they reach; jumps to labels
 * bound later are always near: nothing moves once it is emitted, positions are final.
 */
import { CodeBuffer } from './code-buffer.ts';
import { encode, type Fixup } from './encode.ts';
import { encodings, type Mnemonic } from './encodings-table.ts';
import type { Instructions } from './instructions.ts';
import { Label } from './label.ts';
import { at, type Memory } from './memory-operand.ts';
import { type Operand, selectForm } from './select-form.ts';

interface Constant {
  readonly label: Label;
  readonly bytes: Uint8Array;
  readonly alignBytes: number;
}

class CodeStream {
  readonly #code = new CodeBuffer();
  readonly #fixups: Fixup[] = [];
  readonly #constants = new Map<string, Constant>();
  #numLabels = 0;
  #isFinished = false;

  /** Bytes so far. */
  get position(): number {
    return this.#code.length;
  }

  label(name = `L${this.#numLabels}`): Label {
    this.#numLabels++;
    return new Label(name);
  }

  bind(label: Label): void {
    if (label.position !== undefined) throw new Error(`label ${label} is bound twice`);
    label.position = this.position;
  }

  /** Pads with no-ops that cost least, so that loops can start on a cache line. */
  align(bytes: number): void {
    if (!Number.isInteger(Math.log2(bytes))) throw new Error(`align(${bytes}): not a power of two`);
    let missing = -this.position & (bytes - 1);
    for (; missing > 0; missing -= Math.min(missing, noOps.length)) {
      this.#code.bytes(noOps[Math.min(missing, noOps.length) - 1] as number[]);
    }
  }

  /**
   * A constant in the pool behind the code, the same bytes only once. Aligned to its size up to a
   * cache line, provided the code itself is put on a cache line.
   */
  constant(data: ArrayBufferView): Memory<'plain'> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    if (bytes.length === 0) throw new Error('constant of no bytes');
    const key = bytes.join();
    const known = this.#constants.get(key);
    if (known) return at(known.label);
    const label = this.label(`C${this.#constants.size}`);
    const alignBytes = Math.min(64, 2 ** Math.ceil(Math.log2(bytes.length)));
    this.#constants.set(key, { label, bytes, alignBytes });
    return at(label);
  }

  emit(mnemonic: Mnemonic, operands: readonly Operand[]): void {
    if (this.#isFinished) throw new Error(`${mnemonic} after finish()`);
    const fixup = encode(this.#code, selectForm(mnemonic, operands, this.position), operands);
    if (fixup) this.#fixups.push(fixup);
  }

  /** Code and constants, position-independent. Once: nothing can follow. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.#isFinished) throw new Error('finish() called twice');
    this.#isFinished = true;
    const constants = [...this.#constants.values()].sort((a, b) => b.alignBytes - a.alignBytes);
    for (const { label, bytes, alignBytes } of constants) {
      this.align(alignBytes);
      this.bind(label);
      this.#code.bytes(bytes);
    }
    for (const { label, position, end } of this.#fixups) this.#resolve(label, position, end);
    return this.#code.toBytes();
  }

  #resolve(label: Label, position: number, end: number): void {
    if (label.position === undefined) throw new Error(`label ${label} is used and never bound`);
    this.#code.addTo32(position, label.position - end);
  }
}

/** The no-ops the manual recommends, of 1 to 9 bytes. */
const noOps = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

for (const mnemonic of Object.keys(encodings) as Mnemonic[]) {
  Object.defineProperty(CodeStream.prototype, mnemonic, {
    value(this: CodeStream, ...operands: Operand[]) {
      this.emit(mnemonic, operands);
    },
  });
}

export type Assembler = CodeStream & Instructions;
/** The methods defined above are those `Instructions` lists: both come from the table. */
export const Assembler = CodeStream as new () => Assembler;
