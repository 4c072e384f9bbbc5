/**
 * Models as /api/tags, /api/ps and /api/show describe them. Keys of `model_info` are GGUF's, which
 * clients read the context length from. The template is Jinja here, not Go's.
 */
import { taggedName } from './model-names.ts';

/** What is known of a model, loaded or not. */
export interface ModelFacts {
  /** As it is served. */
  readonly name: string;
  readonly modifiedAt: Date;
  readonly sizeBytes: number;
  /** 64 hex digits that change with the files. */
  readonly digest: string;
  readonly format: string;
  readonly architecture: string;
  readonly parameterCount: number;
  readonly quantisation: string;
  readonly contextTokens: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly vocabSize: number;
  readonly numExperts: number | undefined;
  readonly numExpertsUsed: number | undefined;
  /** '' where it has none. */
  readonly chatTemplate: string;
  readonly canThink: boolean;
  readonly canInsert: boolean;
  readonly sampling: Readonly<Record<string, number | undefined>>;
}

/** A model in memory. */
export interface RunningModel {
  readonly facts: ModelFacts;
  readonly memoryBytes: number;
  /** Longest prompt and reply together. */
  readonly contextTokens: number;
  /** Undefined: it stays. */
  readonly expiresAt: Date | undefined;
}

/** For ever, as clients show it. */
const never = new Date('2318-01-01T00:00:00Z');

export function tagsBody(models: readonly ModelFacts[]) {
  return {
    models: models.map((facts) => ({
      ...named(facts),
      modified_at: facts.modifiedAt.toISOString(),
      size: facts.sizeBytes,
      digest: facts.digest,
      details: details(facts),
    })),
  };
}

export function psBody(models: readonly RunningModel[]) {
  return {
    models: models.map(({ facts, memoryBytes, contextTokens, expiresAt }) => ({
      ...named(facts),
      size: memoryBytes,
      digest: facts.digest,
      details: details(facts),
      expires_at: (expiresAt ?? never).toISOString(),
      // No GPU memory is used.
      size_vram: 0,
      context_length: contextTokens,
    })),
  };
}

export function showBody(facts: ModelFacts) {
  const { architecture: arch, numExperts, numExpertsUsed } = facts;
  const sampling = Object.entries(facts.sampling).filter(([, value]) => value !== undefined);
  const parameters = sampling.map(([name, value]) => `${snakeCase(name)} ${value}`).join('\n');
  return {
    modelfile: `FROM ${facts.name}\n`,
    parameters,
    template: facts.chatTemplate,
    license: '',
    modified_at: facts.modifiedAt.toISOString(),
    details: details(facts),
    capabilities: capabilities(facts),
    model_info: {
      'general.architecture': arch,
      'general.basename': facts.name,
      'general.parameter_count': facts.parameterCount,
      [`${arch}.context_length`]: facts.contextTokens,
      [`${arch}.embedding_length`]: facts.hiddenSize,
      [`${arch}.block_count`]: facts.numLayers,
      [`${arch}.attention.head_count`]: facts.numHeads,
      [`${arch}.attention.head_count_kv`]: facts.numKvHeads,
      [`${arch}.vocab_size`]: facts.vocabSize,
      ...(numExperts !== undefined && { [`${arch}.expert_count`]: numExperts }),
      ...(numExpertsUsed !== undefined && { [`${arch}.expert_used_count`]: numExpertsUsed }),
    },
  };
}

/**
 * Calls are held to their syntax by a grammar, so whatever chats can call tools. /api/embed answers
 * for every model, but clients take `embedding` for one that does nothing else.
 */
function capabilities({ chatTemplate, canThink, canInsert }: ModelFacts): string[] {
  const canChat = chatTemplate !== '';
  return [
    'completion',
    ...(canChat ? ['tools'] : []),
    ...(canInsert ? ['insert'] : []),
    ...(canThink ? ['thinking'] : []),
  ];
}

function named({ name }: ModelFacts) {
  return { name: taggedName(name), model: taggedName(name) };
}

function details({ format, architecture, parameterCount, quantisation }: ModelFacts) {
  return {
    parent_model: '',
    format,
    family: architecture,
    families: [architecture],
    parameter_size: parameterSize(parameterCount),
    quantization_level: quantisation,
  };
}

/** 671B, 1.8B, 5.8M: as their makers write it. */
function parameterSize(count: number): string {
  const [unit, name] = count >= 1e9 ? [1e9, 'B'] : count >= 1e6 ? [1e6, 'M'] : [1e3, 'K'];
  const amount = count / unit;
  return `${amount >= 100 ? Math.round(amount) : Number(amount.toFixed(1))}${name}`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
