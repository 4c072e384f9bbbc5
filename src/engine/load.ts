/**
 * From a name to a model that answers: resolve, open, upload, reserve the KV cache. Whatever was
 * opened is closed again when a later part fails or the signal aborts.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { error } from '../base/errors.ts';
import { type CacheFormat, cacheFormats } from '../compiler/lowering.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import { openCheckpoint } from '../formats/open-checkpoint.ts';
import { resolveModel } from '../hub/resolve.ts';
import type { Model } from '../models/model.ts';
import { loadModel } from '../models/registry.ts';
import { canKeepInt8 } from '../nn/kv-cache.ts';
import { type DeviceKind, deviceKinds, type OpenedDevice, openDevice } from '../nn/open-device.ts';
import { weightFormatsOf } from '../nn/self-test.ts';
import { Chat } from './chat.ts';
import { checkpointFingerprint } from './checkpoint-fingerprint.ts';
import { Engine, type EngineLimits, type EngineOptions } from './engine.ts';
import { type KvBudget, kvBudgetWithin, megabytes } from './kv-budget.ts';
import { KvDiskCache } from './kv-disk-cache.ts';
import { LoadedModel } from './loaded-model.ts';
import { type MemoryRoom, systemMemory } from './memory-room.ts';
import type { ModelInfo } from './model-info.ts';
import { isR1Family, samplingDefaults } from './sampling-defaults.ts';
import { flag, integer, refuse } from './sampling-params.ts';
import { draftKvBytesPerToken, type SpeculationKind, speculationKinds } from './speculation.ts';

export interface LoadOptions {
  /** auto: the fastest that works here. */
  device?: 'auto' | DeviceKind;
  /** Threads that compute. Left out: the cores that this process may use. */
  threads?: number;
  /** Longest prompt and reply together. Left out: as much as the model, 32768 and memory allow. */
  contextTokens?: number;
  /**
   * What keys and values are kept as: int8 takes little more than half of f16's memory and costs
   * about a hundredth of the logits' accuracy. The reference device keeps f32 whatever is said.
   */
  kvCache?: CacheFormat;
  /** Most memory for keys and values. Left out: half of what is free. */
  kvBytes?: number;
  /** Requests that share steps; more wait their turn. */
  maxSequences?: number;
  /** Requests that may wait their turn; more are refused (queue_full). Left out: any number. */
  maxWaiting?: number;
  /**
   * Prompts that begin alike are computed once, also after the first has ended. Left out: true;
   * false is for measurements.
   */
  prefixCache?: boolean;
  /**
   * Keeps keys and values of long prompts in a folder, to be found again after a restart. What was
   * asked can be guessed from it: it is as private as the prompts. Left out: nothing is kept.
   */
  kvDisk?: KvDiskSettings;
  /**
   * Guesses at the next tokens, verified several at once; replies stay as they are. ngram: what
   * followed the same words before; mtp: the checkpoint's own module; auto: both, where they pay.
   */
  speculation?: SpeculationKind;
  /** Download the model when it is not on this machine; otherwise that is an error. */
  pull?: boolean;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

export interface KvDiskSettings {
  folder: string;
  /** Of all files in it. Left out: 8 GB. */
  maxBytes?: number;
  /** Shorter prompts are not kept. Left out: 512. */
  minTokens?: number;
}

export interface LoadProgress {
  readonly phase: 'resolve' | 'pull' | 'open' | 'load' | 'ready';
  /** pull: bytes of all files together. */
  readonly doneBytes?: number;
  readonly totalBytes?: number;
  /** pull: the file in hand. */
  readonly file?: string;
}

const defaultMaxSequences = 16;
/** Prompt tokens per step: enough to keep matrix products busy, few enough that decodes go on. */
const maxPrefillTokens = 512;
const defaultDiskBytes = 8e9;
const defaultDiskTokens = 512;
const deviceNames: readonly string[] = ['auto', ...deviceKinds];
const mostThreads = 256;
const speculationNames: readonly string[] = speculationKinds;

/**
 * `nano` is the embedded model; else a short name (`deepseek-r1:1.5b`), `owner/repo[:quant]`, a
 * URL, or the path of a .gguf file or of a folder with config.json and safetensors.
 */
export function load(nameOrPath: string, options: LoadOptions = {}): Promise<LoadedModel> {
  return loadWithin(systemMemory, nameOrPath, options);
}

/** As above, where memory is shared with other models. */
export async function loadWithin(
  room: MemoryRoom,
  nameOrPath: string,
  options: LoadOptions,
): Promise<LoadedModel> {
  const { signal, onProgress } = options;
  checkOptions(nameOrPath, options);
  signal?.throwIfAborted();
  onProgress?.({ phase: 'resolve' });
  const local = await resolveModel(nameOrPath, {
    embeddedPath: embeddedModelPath(),
    ...(options.pull !== undefined && { pull: options.pull }),
    ...(signal && { signal }),
    onProgress: ({ doneBytes, totalBytes, file }) =>
      onProgress?.({ phase: 'pull', doneBytes, totalBytes, file }),
  });
  signal?.throwIfAborted();
  onProgress?.({ phase: 'open' });
  return open(room, await openCheckpoint(local.path), options);
}

/** Takes the checkpoint over: it is closed with the model, or when this fails. */
async function open(
  room: MemoryRoom,
  checkpoint: Checkpoint,
  options: LoadOptions,
): Promise<LoadedModel> {
  const { signal, onProgress } = options;
  const toClose: { close(): void | Promise<void> }[] = [checkpoint];
  const close = async () => {
    for (const part of toClose.toReversed()) await part.close();
  };
  try {
    onProgress?.({ phase: 'load', totalBytes: checkpoint.sizeBytes });
    if (options.kvCache === 'int8' && !canKeepInt8(checkpoint.config)) {
      const { headDim } = checkpoint.config;
      throw refuse('kvCache', 'int8', `f16 for this model, whose heads are ${headDim} wide`);
    }
    while (room.freeBytes() < checkpoint.sizeBytes && (await room.makeRoom()));
    const weightFormats = weightFormatsOf(checkpoint.tensors);
    const { device, passedOver } = await openDevice({
      ...options,
      weightFormats,
      config: checkpoint.config,
    });
    toClose.push(device);
    const model = await loadModel(checkpoint.config, checkpoint.tensors, device);
    toClose.push(model);
    const totalBytes = checkpoint.sizeBytes;
    const ready = device.ready((doneBytes) => {
      onProgress?.({ phase: 'load', doneBytes, totalBytes });
    }, signal);
    ready.catch(() => {}); // awaited below, unless the tokenizer fails first
    await setImmediate(); // the device's threads pack weights while this one reads the vocabulary
    const tokenizer = checkpoint.tokenizer();
    await ready;
    signal?.throwIfAborted();

    const vocabSize = Math.min(tokenizer.vocabSize, checkpoint.config.vocabSize);
    const maxSequences = options.maxSequences ?? defaultMaxSequences;
    const { speculation = 'auto' } = options;
    const kvBytesPerToken = model.kvBytesPerToken + draftKvBytesPerToken(model, speculation);
    const budget = await kvBudgetWithin(room, {
      kvBytesPerToken,
      weightBytes: model.weightBytes,
      deviceBytes: device.freeBytes,
      maxPositionEmbeddings: checkpoint.config.maxPositionEmbeddings,
      maxSequences,
      contextTokens: options.contextTokens,
      kvBytes: options.kvBytes,
    });
    const { maxWaiting, prefixCache = true } = options;
    const form = [device.cacheForm, budget.blockTokens, kvBytesPerToken];
    const disk = await openKvDisk(checkpoint.file, form, options.kvDisk);
    const limits = { ...budget, maxSequences, maxPrefillTokens, vocabSize, maxWaiting };
    const engine = openEngine(model, limits, { speculation, prefixCache, disk }, kvBytesPerToken);
    toClose.push(engine);
    const chat = new Chat(checkpoint, tokenizer);
    const sizes = { ...limits, kvBytesPerToken };
    const info = describe(checkpoint, { device, passedOver }, model, budget, sizes, chat);
    onProgress?.({ phase: 'ready' });
    return new LoadedModel({ tokenizer, chat, engine, info, close });
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function openKvDisk(
  file: string,
  form: readonly (string | number)[],
  settings: KvDiskSettings | undefined,
): Promise<EngineOptions['disk']> {
  if (settings === undefined) return undefined;
  const { folder, maxBytes = defaultDiskBytes, minTokens = defaultDiskTokens } = settings;
  const fingerprint = JSON.stringify([await checkpointFingerprint(file), ...form]);
  return { disk: await KvDiskCache.open({ folder, maxBytes, fingerprint }), minTokens };
}

/** A system that gives less memory than it said makes typed arrays throw a RangeError. */
function openEngine(
  model: Model,
  limits: EngineLimits,
  options: EngineOptions,
  kvBytesPerToken: number,
): Engine {
  try {
    return new Engine(model, limits, options);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const { contextTokens, numBlocks, blockTokens } = limits;
    const needed = megabytes(numBlocks * blockTokens * kvBytesPerToken);
    const fields = { contextTokens, needed, available: 'less than that' };
    throw error('kv_cache_too_large', fields, cause);
  }
}

/** models/nano lies beside src/ and beside dist/. Its one-file form where there is one. */
export function embeddedModelPath(): string {
  const folder = path.resolve(import.meta.dirname, '../../models/nano');
  const file = existsSync(folder) && readdirSync(folder).find((name) => name.endsWith('.gguf'));
  return file ? path.join(folder, file) : folder;
}

function checkOptions(name: string, options: LoadOptions): void {
  if (typeof name !== 'string' || name === '') throw refuse('name', name, 'a model name or a path');
  const { device = 'auto', threads, kvBytes, maxSequences, speculation = 'auto' } = options;
  if (!deviceNames.includes(device)) throw refuse('device', device, deviceNames.join(' or '));
  const { kvCache = 'f16' } = options;
  if (!cacheFormats.includes(kvCache)) throw refuse('kvCache', kvCache, cacheFormats.join(' or '));
  if (threads !== undefined) integer('threads', threads, 1, mostThreads);
  if (!speculationNames.includes(speculation)) {
    throw refuse('speculation', speculation, speculationNames.join(' or '));
  }
  if (kvBytes !== undefined) integer('kvBytes', kvBytes, 1, Number.MAX_SAFE_INTEGER);
  if (maxSequences !== undefined) integer('maxSequences', maxSequences, 1, 1024);
  const { maxWaiting, prefixCache } = options;
  if (maxWaiting !== undefined) integer('maxWaiting', maxWaiting, 0, Number.MAX_SAFE_INTEGER);
  if (options.kvDisk !== undefined) checkKvDisk(options.kvDisk);
  if (prefixCache !== undefined) flag('prefixCache', prefixCache);
}

function checkKvDisk({ folder, maxBytes, minTokens }: KvDiskSettings): void {
  if (typeof folder !== 'string' || folder === '')
    throw refuse('kvDisk.folder', folder, 'a folder');
  if (maxBytes !== undefined) integer('kvDisk.maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER);
  if (minTokens !== undefined) integer('kvDisk.minTokens', minTokens, 1, Number.MAX_SAFE_INTEGER);
}

function describe(
  checkpoint: Checkpoint,
  { device, passedOver }: OpenedDevice,
  model: Model,
  budget: KvBudget,
  sizes: {
    readonly maxSequences: number;
    readonly vocabSize: number;
    readonly kvBytesPerToken: number;
  },
  chat: Chat,
): ModelInfo {
  const { config } = checkpoint;
  const tokenizer = checkpoint.tokenizer();
  const hasToken = (text: string) => tokenizer.tokenId(text) !== undefined;
  return {
    name: config.name,
    file: checkpoint.file,
    format: checkpoint.format,
    architecture: config.architecture,
    quantisation: checkpoint.quantisation,
    parameterCount: checkpoint.parameterCount,
    vocabSize: sizes.vocabSize,
    device: { kind: device.kind, threads: device.threads, passedOver },
    contextTokens: budget.contextTokens,
    maxContextTokens: config.maxPositionEmbeddings,
    maxSequences: sizes.maxSequences,
    memory: {
      weightBytes: model.weightBytes,
      kvCacheBytes: budget.bytes,
      kvBytesPerToken: sizes.kvBytesPerToken,
      kvCacheTokens: budget.numBlocks * budget.blockTokens,
      note: budget.note,
    },
    chatTemplate: chat.templateName,
    canThink: chat.templateSource.includes('think>') || hasToken('</think>'),
    sampling: samplingDefaults(checkpoint.sampling, isR1Family(hasToken, chat.templateSource)),
  };
}
