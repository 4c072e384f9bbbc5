/**
 * What is known of the models that are served, loaded or not: read from their files without
 * their weights, and kept until the files change. Nothing is pulled.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { embeddedModelPath } from '../engine/load.ts';
import type { PoolEntry } from '../engine/model-pool.ts';
import { chatTemplateFor } from '../formats/chat/built-in-templates.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import { openCheckpoint } from '../formats/open-checkpoint.ts';
import { canFillInMiddle } from '../formats/tokenizer/fill-in-middle.ts';
import { resolveModel } from '../hub/resolve.ts';
import type { ModelFacts } from '../protocol/ollama/model-bodies.ts';

export class ModelCatalogue {
  readonly #known = new Map<string, { readonly version: string; readonly facts: ModelFacts }>();

  /** Throws where the model is not on this machine, or its files are damaged. */
  async facts({ name, source }: Pick<PoolEntry, 'name' | 'source'>): Promise<ModelFacts> {
    const { path } = await resolveModel(source, { embeddedPath: embeddedModelPath() });
    const { mtime, size } = await stat(path);
    const version = [name, path, size, mtime.getTime()].join('\n');
    const known = this.#known.get(name);
    if (known?.version === version) return known.facts;
    const checkpoint = await openCheckpoint(path);
    try {
      const digest = createHash('sha256').update(version).digest('hex');
      const facts = describe(checkpoint, { name, digest, modifiedAt: mtime });
      this.#known.set(name, { version, facts });
      return facts;
    } finally {
      checkpoint.close();
    }
  }
}

function describe(
  checkpoint: Checkpoint,
  known: Pick<ModelFacts, 'name' | 'digest' | 'modifiedAt'>,
): ModelFacts {
  const { config, format, parameterCount, quantisation, sizeBytes, sampling } = checkpoint;
  const { moe } = config;
  const tokenizer = checkpoint.tokenizer();
  const chatTemplate = templateSource(checkpoint);
  return {
    ...known,
    ...{ format, parameterCount, quantisation, sizeBytes, sampling, chatTemplate },
    architecture: config.architecture,
    contextTokens: config.maxPositionEmbeddings,
    hiddenSize: config.hiddenSize,
    numLayers: config.numHiddenLayers,
    numHeads: config.numAttentionHeads,
    numKvHeads: config.numKeyValueHeads,
    vocabSize: Math.min(tokenizer.vocabSize, config.vocabSize),
    numExperts: moe?.nRoutedExperts,
    numExpertsUsed: moe?.numExpertsPerTok,
    canThink: chatTemplate.includes('think>') || tokenizer.tokenId('</think>') !== undefined,
    canInsert: canFillInMiddle(tokenizer),
  };
}

/** '' where it is broken: the model can continue texts, but not chat. */
function templateSource(checkpoint: Checkpoint): string {
  try {
    return chatTemplateFor(checkpoint.tokenizer(), checkpoint.chatTemplate).source;
  } catch {
    return '';
  }
}
