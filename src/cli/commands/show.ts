/**
 * `sampan show <model>`: what a checkpoint says and needs. Nothing is pulled. The model is put
 * together on the reference device, which copies no weights, so a missing tensor or a wrong shape
 * is told here and not at the first question.
 */
import type { Command } from 'commander';
import { type DType, rowBytes } from '../../base/dtypes.ts';
import { ReferenceDevice } from '../../devices/reference/reference-device.ts';
import { embeddedModelPath } from '../../engine/load.ts';
import type { Checkpoint } from '../../formats/checkpoint.ts';
import type { ModelConfig } from '../../formats/model-config.ts';
import { openCheckpoint } from '../../formats/open-checkpoint.ts';
import { resolveModel } from '../../hub/resolve.ts';
import { loadModel } from '../../models/registry.ts';
import { examples } from '../examples.ts';
import { formatBytes } from '../machine.ts';
import { harmless } from '../print-reply.ts';
import { paint, processTerminal, type Terminal } from '../terminal.ts';

export interface ModelReport {
  readonly name: string;
  readonly file: string;
  readonly format: string;
  readonly config: ModelConfig;
  readonly parameterCount: number;
  readonly quantisation: string;
  /** Of the weights, by number format, most parameters first. */
  readonly tensorTypes: readonly {
    readonly dtype: DType;
    readonly tensors: number;
    readonly parameters: number;
    readonly bytes: number;
  }[];
  readonly memory: {
    readonly fileBytes: number;
    readonly weightBytes: number;
    readonly kvBytesPerToken: number;
    readonly kvBytesFullContext: number;
  };
  readonly contextTokens: number;
  readonly specialTokens: {
    readonly bos: string | undefined;
    readonly endOfReply: readonly string[];
    readonly added: readonly string[];
  };
  readonly chatTemplate: string | undefined;
  readonly sampling: Checkpoint['sampling'];
}

export function registerShow(program: Command, terminal: Terminal = processTerminal): void {
  program
    .command('show')
    .summary('show what a model is and what it needs')
    .description(
      'Shows architecture, quantisation, memory, context, special tokens and chat template of a ' +
        'model that is on this machine. Also checks that no tensor is missing or misshapen.',
    )
    .argument('<model>', 'short name, owner/repo[:quant], file or folder; nano is built in')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples({
        'sampan show nano': 'the built-in model',
        'sampan show ./model.gguf': 'a file',
        'sampan show deepseek-r1:1.5b --json': 'for programs',
      }),
    )
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { path } = await resolveModel(name, { embeddedPath: embeddedModelPath() });
      const report = await inspectModel(path);
      const text = json ? JSON.stringify(report, null, 2) : describe(report, terminal);
      terminal.stdout.write(`${text}\n`);
    });
}

export async function inspectModel(path: string): Promise<ModelReport> {
  const checkpoint = await openCheckpoint(path);
  const device = ReferenceDevice.open();
  try {
    const model = await loadModel(checkpoint.config, checkpoint.tensors, device);
    const { weightBytes, kvBytesPerToken } = model;
    model.close();
    return report(checkpoint, weightBytes, kvBytesPerToken);
  } finally {
    await device.close();
    checkpoint.close();
  }
}

function report(checkpoint: Checkpoint, weightBytes: number, kvBytesPerToken: number): ModelReport {
  const { config } = checkpoint;
  const tokenizer = checkpoint.tokenizer();
  const { bosTokenId, eosTokenIds, addedTokens } = tokenizer;
  const textOf = (id: number) =>
    addedTokens.find((text) => tokenizer.tokenId(text) === id) ?? `#${id}`;
  return {
    name: config.name,
    file: checkpoint.file,
    format: checkpoint.format,
    config,
    parameterCount: checkpoint.parameterCount,
    quantisation: checkpoint.quantisation,
    tensorTypes: countTypes(checkpoint),
    memory: {
      fileBytes: checkpoint.sizeBytes,
      weightBytes,
      kvBytesPerToken,
      kvBytesFullContext: kvBytesPerToken * config.maxPositionEmbeddings,
    },
    contextTokens: config.maxPositionEmbeddings,
    specialTokens: {
      bos: bosTokenId === undefined ? undefined : textOf(bosTokenId),
      endOfReply: [...eosTokenIds].map(textOf),
      added: addedTokens,
    },
    chatTemplate: checkpoint.chatTemplate,
    sampling: checkpoint.sampling,
  };
}

function countTypes({ tensors }: Checkpoint): ModelReport['tensorTypes'] {
  const types = new Map<DType, { tensors: number; parameters: number; bytes: number }>();
  for (const name of tensors.names()) {
    const { dtype, dims } = tensors.get(name);
    const parameters = dims.reduce((product, dim) => product * dim, 1);
    const total = types.get(dtype) ?? { tensors: 0, parameters: 0, bytes: 0 };
    total.tensors += 1;
    total.parameters += parameters;
    total.bytes += rowBytes(dtype, parameters);
    types.set(dtype, total);
  }
  const rows = [...types].map(([dtype, total]) => ({ dtype, ...total }));
  return rows.sort((a, b) => b.parameters - a.parameters);
}

function describe(model: ModelReport, { stdout }: Terminal): string {
  const { config, memory, specialTokens } = model;
  const row = (name: string, value: string) =>
    `${paint(stdout, 'dim', name.padEnd(14))} ${harmless(value)}`;
  const types = model.tensorTypes.map(({ dtype, tensors, parameters, bytes }) => {
    const share = ((100 * parameters) / model.parameterCount).toFixed(1);
    return row(
      '',
      `${dtype.padEnd(8)} ${share.padStart(5)} %  ${tensors} tensors, ${formatBytes(bytes)}`,
    );
  });
  return [
    row('name', model.name),
    row('file', `${model.file} (${model.format})`),
    row('architecture', `${config.architecture}: ${shape(config)}`),
    row('parameters', model.parameterCount.toLocaleString('en')),
    row('quantisation', model.quantisation),
    ...types,
    row('context', `${model.contextTokens} tokens`),
    row('memory', `${formatBytes(memory.weightBytes)} weights`),
    row(
      '',
      `${memory.kvBytesPerToken} bytes of KV cache per token, ${formatBytes(memory.kvBytesFullContext)} for a full context`,
    ),
    row('begin of text', specialTokens.bos ?? 'none'),
    row('end of reply', specialTokens.endOfReply.join(' ') || 'none'),
    row('added tokens', abbreviate(specialTokens.added.join(' ')) || 'none'),
    row('sampling', samplingText(model.sampling)),
    row(
      'template',
      abbreviate(model.chatTemplate ?? 'none: sampan can only continue texts with it'),
    ),
  ].join('\n');
}

/** What the makers recommend. */
function samplingText(sampling: Checkpoint['sampling']): string {
  const parts = Object.entries(sampling).map(([name, value]) => `${name} ${value}`);
  return parts.join(', ') || 'the checkpoint recommends nothing';
}

/** The figures that make an architecture the size it is. */
function shape(config: ModelConfig): string {
  const { mla, moe } = config;
  const attention = mla
    ? `latent attention of rank ${mla.kvLoraRank}, ${config.numAttentionHeads} heads`
    : `${config.numAttentionHeads} heads on ${config.numKeyValueHeads}`;
  const parts = [`${config.numHiddenLayers} layers`, `width ${config.hiddenSize}`, attention];
  if (moe) {
    const { numExpertsPerTok, nRoutedExperts, nSharedExperts } = moe;
    parts.push(`${numExpertsPerTok} of ${nRoutedExperts} experts and ${nSharedExperts} shared`);
  }
  return parts.join(', ');
}

function abbreviate(text: string, maxChars = 300): string {
  const line = text.replaceAll('\n', '\\n');
  return line.length > maxChars ? `${line.slice(0, maxChars)}… (${text.length} characters)` : line;
}
