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
    if (!this.#keepsHidden) return this.#runner.run(step, kvCache, this.#recordForward, signal);
    this.#hidden = this.#runner.keep(step.tokens.length, this.config.hiddenSize);
    return this.#runner.run(step, kvCache, this.#recordKeeping, signal);
  }

  hidden(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array> {
    return this.#runner.run(step, kvCache, this.#recordHidden, signal);
  }

  readonly #recordForward = (r: Recorder, inputs: StepInputs): Tensor | undefined => {
    const normed = this.#recordHidden(r, inputs);
    return normed && linear(r, normed, { w: this.#parts.head });
  };

  /** Only rows that want logits go on behind the last layer. */
  readonly #recordHidden = (r: Recorder, inputs: StepInputs): Tensor | undefined => {
    const rows = selectRows(r, this.#layers(r, inputs), inputs);
    return rows && norm(r, rows, this.#parts.norm);
  };

  /** The MTP module will ask for all rows. */
  readonly #recordKeeping = (r: Recorder, inputs: StepInputs): Tensor | undefined => {
    const hidden = this.#hiddenOf(inputs.numTokens);
    normInto(r, this.#layers(r, inputs), this.#parts.norm, hidden);
    const rows = selectRows(r, hidden, inputs);
    return rows && linear(r, rows, { w: this.#parts.head });
  };

  #hiddenOf(numTokens: number): Tensor {
    if (this.#hidden?.dims[0] === numTokens) return this.#hidden;
    throw new Error('draft() follows forward() of its step');
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
    const record = (r: Recorder, inputs: StepInputs) => {
      const tokens = inputs.numTokens;
      const hidden = this.#hiddenOf(tokens);
      const ids = inputs.nextTokens;
      if (!ids) throw new Error('a draft needs what followed its tokens');
      const embedded = r.temp(tokens, width);
      r.launch(embed, { ids, table: parts.embedding, y: embedded });

      const both = r.temp(tokens, 2 * width);
      const half = (offset: number) => r.device.view(both, [tokens, width], offset);
      normInto(r, embedded, parts.embeddingNorm, half(0));
      normInto(r, hidden, parts.hiddenNorm, half(width));
      const x = linear(r, both, { w: parts.join });
      runLayer(r, x, parts.layer, inputs, 0);
      const rows = selectRows(r, x, inputs);
      return rows && linear(r, norm(r, rows, parts.norm), { w: parts.head });
    };
    return {
      kvBytesPerToken,
      createKvCache: (numBlocks, blockTokens) => {
        this.#keepsHidden = true;
        return this.#runner.createKvCache([this.#parts.cacheWidths], numBlocks, blockTokens);
      },
      draft: async (step, nextTokens, kvCache) => {
        this.#hiddenOf(step.tokens.length);
        return await this.#runner.run({ ...step, nextTokens }, kvCache, record);
      },
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
function selectRows(r: Recorder, x: Tensor, { logitRows }: StepInputs): Tensor | undefined {
  if (logitRows === undefined) return undefined;
  const y = r.temp(logitRows.dims[0], x.dims[1]);
  r.launch(gatherRows, { x, index: logitRows, y });
  return y;
}
