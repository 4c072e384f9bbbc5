/**
 * A piece of machine memory that tensors, packed weights or a step's temporaries lie in. Behind it
 * is a vector's width that may be read, so that kernels need not take care at the last elements of
 * a row. Asking a freed one for anything is our own mistake and an Error: its address may be
 * somebody else's now.
 */
import type { LaunchArg, Memory } from '../../compiler/lowering.ts';
import type { Machine, MachineMemory } from './machine.ts';

/** The widest vector of any target. */
export const slackBytes = 64;

export class Allocation {
  readonly label: string;
  readonly sizeBytes: number;
  readonly #machine: Machine;
  readonly #memory: MachineMemory;
  #isFreed = false;

  constructor(machine: Machine, sizeBytes: number, label: string, use?: 'weights') {
    this.label = label;
    this.sizeBytes = sizeBytes;
    this.#machine = machine;
    this.#memory = machine.allocate(sizeBytes + slackBytes, use);
  }

  get address(): number {
    return this.#held().address;
  }

  get bank(): number {
    return this.#held().bank;
  }

  part(offsetBytes: number, sizeBytes: number): Memory {
    return { allocation: this, offsetBytes, sizeBytes };
  }

  f32(offsetBytes: number, elements: number): Float32Array {
    const { buffer, byteOffset } = this.#held();
    return new Float32Array(buffer, byteOffset + offsetBytes, elements);
  }

  i32(offsetBytes: number, elements: number): Int32Array {
    const { buffer, byteOffset } = this.#held();
    return new Int32Array(buffer, byteOffset + offsetBytes, elements);
  }

  u8(): Uint8Array {
    const { buffer, byteOffset } = this.#held();
    return new Uint8Array(buffer, byteOffset, this.sizeBytes);
  }

  /** Idempotent. */
  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    this.#machine.free(this.#memory);
  }

  #held(): MachineMemory {
    if (this.#isFreed) throw new Error(`${this.label} was released`);
    return this.#memory;
  }
}

/** What a kernel's `lower` hands back is memory it was given: of an allocation. */
export function allocationOf({ allocation }: Memory): Allocation {
  if (!(allocation instanceof Allocation)) throw new Error('memory of another device');
  return allocation;
}

/** As a launch with these parameters wants them. */
export function banksOf(args: readonly LaunchArg[]): readonly number[] | undefined {
  const banks = args.map((arg) => ('memory' in arg ? allocationOf(arg.memory).bank : 0));
  return banks.some((bank) => bank !== 0) ? banks : undefined;
}
