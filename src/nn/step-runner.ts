/**
 * Runs one step on a device: inputs in, the recorded commands, logits out. Owns what outlives a
 * step: the workspace, the logits' buffer, a tensor kept for later.
 */
import type { Device } from '../devices/device.ts';
import { createKvCache, type KvCache } from './kv-cache.ts';
import { Recorder, Workspace } from './recorder.ts';
import type { Step } from './step.ts';
import { type StepInputs, stepInputs } from './step-inputs.ts';
import type { Tensor } from './tensor.ts';

/** Records the step and returns its logits (logitRows, vocab), or nothing if none are wanted. */
export type RecordStep = (r: Recorder, inputs: StepInputs) => Tensor | undefined;

export class StepRunner {
  readonly #device: Device;
  readonly #workspace: Workspace;
  /** What outlives a step; as large as the largest step yet. */
  #kept: Tensor | undefined;
  #logits = new Float32Array(0);

  constructor(device: Device) {
    this.#device = device;
    this.#workspace = new Workspace(device);
  }

  /** The result is overwritten by the next run. */
  async run(
    step: Step,
    kvCache: KvCache,
    record: RecordStep,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const r = new Recorder(this.#workspace);
    try {
      const logits = record(r, stepInputs(r, step, kvCache));
      await this.#device.run(r.commands, signal);
      if (!logits) return this.#logits.subarray(0, 0);
      const size = logits.dims[0] * logits.dims[1];
      if (this.#logits.length < size) this.#logits = new Float32Array(size);
      const out = this.#logits.subarray(0, size);
      await this.#device.read(logits, out);
      return out;
    } finally {
      r.end();
    }
  }

  createKvCache(widths: readonly (readonly number[])[], numBlocks: number, blockTokens: number) {
    return createKvCache(this.#device, widths, numBlocks, blockTokens);
  }

  /** The tensor that lives on after the step, until the next call: always of as many columns. */
  keep(rows: number, columns: number): Tensor {
    if (this.#kept === undefined || this.#kept.dims[0] < rows) {
      if (this.#kept !== undefined) this.#device.release(this.#kept);
      const size = 2 ** Math.ceil(Math.log2(Math.max(rows, 16)));
      this.#kept = this.#device.allocate('f32', [size, columns], 'kept');
    }
    return this.#device.rows(this.#kept, 0, rows);
  }

  close(): void {
    if (this.#kept !== undefined) this.#device.release(this.#kept);
    this.#workspace.close();
  }
}
