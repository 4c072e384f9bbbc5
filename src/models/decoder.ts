/**
 * A decoder-only transformer, the frame that all architectures share: embedding, layers on a
 * residual stream, final norm, head. An architecture brings its layers; this file runs the step.
 */
import type { ModelConfig } from '../formats/model-config.ts';
import { embed } from '../kernels/embed.ts';
import { gatherRows } from '../kernels/gather-rows.ts';
import type { KvCache } from '../nn/kv-cache.ts';
import { linear } from '../nn/linear.ts';
import { type NormWeights, norm, normInto } from '../nn/norm.ts';
import type { Recorder } from '../nn/recorder.ts';
import type { Step } from '../nn/step.ts';
import type { StepInputs } from '../nn/step-inputs.ts';
import { StepRunner } from '../nn/step-runner.ts';
import type { Matrix, Tensor } from '../nn/tensor.ts';
import type { Weights } from '../nn/weights.ts';
import type { Model, MtpModule } from './model.ts';

export interface DecoderLayer {
  readonly attentionNorm: NormWeights;
  /** Adds its output to the residual stream. */
  attention(r: Recorder, x: Tensor, inputs: StepInputs, layer: number, residual: Tensor): void;
  readonly ffnNorm: NormWeights;
  /** Adds the feed-forward layer's (or the experts') output to the residual stream. */
  ffn(r: Recorder, x: Tensor, residual: Tensor): void;
}

export interface DecoderParts {
  readonly config: ModelConfig;
  readonly weights: Weights;
  /** (vocab, hidden) */
  readonly embedding: Matrix;
  readonly layers: readonly DecoderLayer[];
  readonly norm: NormWeights;
  /** (vocab, hidden) */
  readonly head: Matrix;
  /** Widths of a layer's cached rows: [keys, values], or [latent]. */
  readonly cacheWidths: readonly number[];
  readonly mtp?: MtpParts | undefined;
}

/** The multi-token-prediction module: joins a hidden state with the next token's embedding. */
export interface MtpParts {
  readonly embedding: Matrix;
  readonly embeddingNorm: NormWeights;
  readonly hiddenNorm: NormWeights;
  /** (hidden, 2 · hidden): the embedding's half first. */
  readonly join: Matrix;
  readonly layer: DecoderLayer;
  readonly norm: NormWeights;
  readonly head: Matrix;
}

export class Decoder implements Model {
  readonly config: ModelConfig;
  readonly kvBytesPerToken: number;
  readonly weightBytes: number;
  readonly mtp: MtpModule | undefined;
  readonly #parts: DecoderParts;
  readonly #runner: StepRunner;
  /** Someone has a cache for the MTP module, so steps keep their hidden states. */
  #keepsHidden = false;
  /** The last step's hidden states after the final norm, kept for the MTP module. */
  #hidden: Tensor | undefined;

  constructor(parts: DecoderParts) {
    const { config, weights, layers, cacheWidths } = parts;
    this.#parts = parts;
    this.#runner = new StepRunner(weights.device);
    this.config = config;
    this.weightBytes = weights.bytes;
    const { device } = weights;
    const layerBytes = cacheWidths.reduce((bytes, width) => bytes + device.cacheRowBytes(width), 0);
    this.kvBytesPerToken = layers.length * layerBytes;
    this.mtp = parts.mtp && this.#mtpModule(parts.mtp, layerBytes);
  }

  createKvCache(numBlocks: number, blockTokens: number): KvCache {
    const widths = this.#parts.layers.map(() => this.#parts.cacheWidths);
    return this.#runner.createKvCache(widths, numBlocks, blockTokens);
  }

  forward(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array> {
    const { norm: finalNorm, head } = this.#parts;
    const record = (r: Recorder, inputs: StepInputs) => {
      const x = this.#layers(r, inputs);
      // Rows that want logits go on alone, but the MTP module will ask for the others too.
      if (!this.#keepsHidden) {
        const rows = selectRows(r, x, step);
        return rows && linear(r, norm(r, rows, finalNorm), { w: head });
      }
      this.#hidden = this.#runner.keep(inputs.numTokens, this.config.hiddenSize);
      normInto(r, x, finalNorm, this.#hidden);
      const rows = selectRows(r, this.#hidden, step);
      return rows && linear(r, rows, { w: head });
    };
    return this.#runner.run(step, kvCache, record, signal);
  }

  hidden(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array> {
    const record = (r: Recorder, inputs: StepInputs) => {
      const rows = selectRows(r, this.#layers(r, inputs), step);
      return rows && norm(r, rows, this.#parts.norm);
    };
    return this.#runner.run(step, kvCache, record, signal);
  }

  /** (tokens, hidden): the residual stream behind the last layer. */
  #layers(r: Recorder, inputs: StepInputs): Tensor {
    const { embedding, layers } = this.#parts;
    const x = r.temp(inputs.numTokens, this.config.hiddenSize);
    r.launch(embed, { ids: inputs.ids, table: embedding, y: x });
    layers.forEach((layer, i) => {
      runLayer(r, x, layer, inputs, i);
    });
    return x;
  }

  #mtpModule(parts: MtpParts, kvBytesPerToken: number): MtpModule {
    const width = this.config.hiddenSize;
    const record = (r: Recorder, inputs: StepInputs, nextTokens: Int32Array) => {
      const tokens = inputs.numTokens;
      const hidden = this.#hidden;
      if (hidden?.dims[0] !== tokens) throw new Error('draft() follows forward() of its step');
      const embedded = r.temp(tokens, width);
      const ids = r.input(nextTokens, tokens);
      r.launch(embed, { ids, table: parts.embedding, y: embedded });

      const both = r.temp(tokens, 2 * width);
      const half = (offset: number) => r.device.view(both, [tokens, width], offset);
      normInto(r, embedded, parts.embeddingNorm, half(0));
      normInto(r, hidden, parts.hiddenNorm, half(width));
      const x = linear(r, both, { w: parts.join });
      runLayer(r, x, parts.layer, inputs, 0);
      const rows = selectRows(r, x, inputs.step);
      return rows && linear(r, norm(r, rows, parts.norm), { w: parts.head });
    };
    return {
      kvBytesPerToken,
      createKvCache: (numBlocks, blockTokens) => {
        this.#keepsHidden = true;
        return this.#runner.createKvCache([this.#parts.cacheWidths], numBlocks, blockTokens);
      },
      draft: (step, nextTokens, kvCache) =>
        this.#runner.run(step, kvCache, (r, inputs) => record(r, inputs, nextTokens)),
    };
  }

  close(): void {
    this.#runner.close();
    this.#parts.weights.close();
  }
}

/** x += attention(norm(x)); x += ffn(norm(x)) */
function runLayer(
  r: Recorder,
  x: Tensor,
  layer: DecoderLayer,
  inputs: StepInputs,
  index: number,
): void {
  r.scope(() => {
    layer.attention(r, norm(r, x, layer.attentionNorm), inputs, index, x);
  });
  r.scope(() => layer.ffn(r, norm(r, x, layer.ffnNorm), x));
}

/** A step may want no logits at all: a chunk in the middle of a prompt. */
function selectRows(r: Recorder, x: Tensor, { logitRows }: Step): Tensor | undefined {
  if (logitRows.length === 0) return undefined;
  const y = r.temp(logitRows.length, x.dims[1]);
  r.launch(gatherRows, { x, index: r.input(logitRows, logitRows.length), y });
  return y;
}
