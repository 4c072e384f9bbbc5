/**
 * Runs one step on a device: inputs in, the recorded commands, logits out. What was recorded for a
 * step of some form runs again, with other numbers, for the next ones: a decode step comes again
 * with every token. Owns what outlives a step: the workspace, the logits' buffer, a tensor kept for
 * later.
 */
import type { Device } from '../devices/device.ts';
import { createKvCache, type KvCache } from './kv-cache.ts';
import { Recorder, Workspace } from './recorder.ts';
import type { Step } from './step.ts';
import { formOf, StepInputs } from './step-inputs.ts';
import type { Tensor } from './tensor.ts';

/**
 * Records a step and returns its logits (logitRows, vocab), or nothing if none are wanted. Called
 * once for steps of the same form: it must not look at anything that is different the next time.
 */
export type RecordStep = (r: Recorder, inputs: StepInputs) => Tensor | undefined;

interface Recording {
  readonly record: RecordStep;
  readonly kvCache: KvCache;
  readonly form: string;
  readonly recorder: Recorder;
  readonly inputs: StepInputs;
  readonly logits: Tensor | undefined;
}

const maxRecordings = 8;
/** Of a step that is kept: more are part of a prompt, whose form does not come again. */
const mostTokens = 64;

export class StepRunner {
  readonly #device: Device;
  readonly #workspace: Workspace;
  /** Last used first. */
  #recordings: Recording[] = [];
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
    const recording = this.#again(step, kvCache, record) ?? this.#record(step, kvCache, record);
    const { recorder, inputs, logits } = recording;
    try {
      await this.#device.run(recorder.commands, signal);
      if (!logits) return this.#logits.subarray(0, 0);
      const size = logits.dims[0] * logits.dims[1];
      if (this.#logits.length < size) this.#logits = new Float32Array(size);
      const out = this.#logits.subarray(0, size);
      await this.#device.read(logits, out);
      return out;
    } finally {
      recorder.giveBackTemporaries();
      if (inputs.isForForm && inputs.numTokens <= mostTokens) this.#keepRecording(recording);
      else recorder.end();
    }
  }

  createKvCache(widths: readonly (readonly number[])[], numBlocks: number, blockTokens: number) {
    return createKvCache(this.#device, widths, numBlocks, blockTokens);
  }

  /** The tensor that lives on after the step, until the next call: always of as many columns. */
  keep(rows: number, columns: number): Tensor {
    if (this.#kept === undefined || this.#kept.dims[0] < rows) {
      if (this.#kept !== undefined) this.#device.release(this.#kept);
      for (const { recorder } of this.#recordings.splice(0)) recorder.end(); // they wrote to it
      const size = 2 ** Math.ceil(Math.log2(Math.max(rows, 16)));
      this.#kept = this.#device.allocate('f32', [size, columns], 'kept');
    }
    return this.#device.rows(this.#kept, 0, rows);
  }

  close(): void {
    for (const { recorder } of this.#recordings.splice(0)) recorder.end();
    if (this.#kept !== undefined) this.#device.release(this.#kept);
    this.#workspace.close();
  }

  #again(step: Step, kvCache: KvCache, record: RecordStep): Recording | undefined {
    const form = formOf(step);
    const index = this.#recordings.findIndex(
      (known) => known.record === record && known.kvCache === kvCache && known.form === form,
    );
    if (index < 0) return undefined;
    const [recording] = this.#recordings.splice(index, 1);
    recording.inputs.fill(step);
    return recording;
  }

  #record(step: Step, kvCache: KvCache, record: RecordStep): Recording {
    const recorder = new Recorder(this.#workspace);
    try {
      const inputs = new StepInputs(recorder, step, kvCache);
      const logits = record(recorder, inputs);
      return { record, kvCache, form: formOf(step), recorder, inputs, logits };
    } catch (cause) {
      recorder.end();
      throw cause;
    }
  }

  #keepRecording(recording: Recording): void {
    this.#recordings.unshift(recording);
    for (const { recorder } of this.#recordings.splice(maxRecordings)) recorder.end();
  }
}
