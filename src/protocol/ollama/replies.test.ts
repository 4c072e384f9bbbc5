import { expect, test } from 'vitest';
import { CollectedReply, type ReplyPiece } from '../openai/reply-pieces.ts';
import type { ReplySummary } from '../openai/usage.ts';
import { type ModelFacts, psBody, showBody, tagsBody } from './model-bodies.ts';
import { type FileProgress, PullLines } from './pull-lines.ts';
import { LineWriter } from './reply-lines.ts';

const summary: ReplySummary = {
  ...{ finishReason: 'stop', promptTokens: 20, cachedTokens: 16, completionTokens: 9 },
  ...{ reasoningTokens: 3, ttftMs: 2, totalMs: 12.5 },
  ...{ prefillTokensPerSecond: 1, decodeTokensPerSecond: 1, draftedTokens: 0, acceptedTokens: 0 },
};
const durations = {
  ...{ total_duration: 13_500_000, load_duration: 1_000_000, prompt_eval_count: 20 },
  ...{ prompt_eval_duration: 2_000_000, eval_count: 9, eval_duration: 10_500_000 },
};
const pieces: ReplyPiece[] = [
  { type: 'reasoning', text: 'Hm' },
  { type: 'text', text: 'I add.' },
  { type: 'toolCall', index: 0, id: 'call_a', name: 'add' },
  { type: 'toolArguments', index: 0, text: '{"a":' },
  { type: 'toolArguments', index: 0, text: '1}' },
  { type: 'toolCall', index: 1, id: 'call_b', name: 'now' },
];
const toolCall = (index: number, id: string, name: string, args: object) => ({
  ...{ id, function: { index, name, arguments: args } },
});

function linesOf(kind: 'chat' | 'generate', sent: readonly ReplyPiece[]) {
  const writer = new LineWriter({ kind, model: 'nano:latest', loadMs: 1 });
  const lines = [...sent.flatMap((piece) => writer.push(piece)), ...writer.end(summary)];
  return lines.map(({ created_at, model, ...rest }) => {
    expect(model).toBe('nano:latest');
    expect(new Date(created_at as string).getTime()).toBeGreaterThan(0);
    return rest;
  });
}

test('lines of a chat: calls come whole, with arguments as objects', () => {
  const message = (content: string, more: object = {}) => ({ role: 'assistant', content, ...more });
  expect(linesOf('chat', pieces)).toEqual([
    { message: message('', { thinking: 'Hm' }), done: false },
    { message: message('I add.'), done: false },
    { message: message('', { tool_calls: [toolCall(0, 'call_a', 'add', { a: 1 })] }), done: false },
    { message: message('', { tool_calls: [toolCall(1, 'call_b', 'now', {})] }), done: false },
    { message: message(''), done: true, done_reason: 'stop', ...durations },
  ]);
});

test('lines of generate', () => {
  expect(linesOf('generate', pieces.slice(0, 2))).toEqual([
    { response: '', thinking: 'Hm', done: false },
    { response: 'I add.', done: false },
    { response: '', done: true, done_reason: 'stop', ...durations },
  ]);
});

test('a reply that is not streamed has all of it in one', () => {
  const reply = new CollectedReply();
  for (const piece of pieces) reply.add(piece);
  const writer = new LineWriter({ kind: 'chat', model: 'nano', loadMs: 1 });
  const line = writer.whole(reply, { ...summary, finishReason: 'length' }, { context: [1] });
  expect(line).toMatchObject({
    message: {
      ...{ role: 'assistant', content: 'I add.', thinking: 'Hm' },
      tool_calls: [toolCall(0, 'call_a', 'add', { a: 1 }), toolCall(1, 'call_b', 'now', {})],
    },
    ...{ done: true, done_reason: 'length', context: [1], ...durations },
  });
});

test('a call that was cut off is no call', () => {
  const cut = pieces.slice(2, 4);
  expect(linesOf('chat', cut).filter(({ done }) => !done)).toEqual([]);
});

test('a load says so', () => {
  const writer = new LineWriter({ kind: 'generate', model: 'nano', loadMs: 0 });
  expect(writer.moved('unload')).toMatchObject({
    ...{ response: '', done: true, done_reason: 'unload' },
  });
});

const facts: ModelFacts = {
  ...{ name: 'nano', modifiedAt: new Date(0), sizeBytes: 11, digest: 'd'.repeat(64) },
  ...{ format: 'gguf', architecture: 'deepseek2', parameterCount: 5_833_184, quantisation: 'F16' },
  ...{ contextTokens: 2048, hiddenSize: 256, numLayers: 5, numHeads: 8, numKvHeads: 8 },
  ...{ vocabSize: 1059, numExperts: 16, numExpertsUsed: 2, chatTemplate: '{{ x }}' },
  ...{ canThink: true, canInsert: false, sampling: { temperature: 0.6, topP: 0.95 } },
};

test('tags, ps and show', () => {
  const details = { family: 'deepseek2', parameter_size: '5.8M', quantization_level: 'F16' };
  expect(tagsBody([facts]).models).toMatchObject([
    { name: 'nano:latest', model: 'nano:latest', size: 11, digest: 'd'.repeat(64), details },
  ]);
  const running = { facts, memoryBytes: 99, contextTokens: 512, expiresAt: undefined };
  expect(psBody([running]).models).toMatchObject([
    { name: 'nano:latest', size: 99, context_length: 512, details, size_vram: 0 },
  ]);
  expect(showBody(facts)).toMatchObject({
    ...{ template: '{{ x }}', parameters: 'temperature 0.6\ntop_p 0.95', details },
    capabilities: ['completion', 'tools', 'thinking'],
    model_info: {
      ...{ 'general.architecture': 'deepseek2', 'general.parameter_count': 5_833_184 },
      ...{ 'deepseek2.context_length': 2048, 'deepseek2.expert_count': 16 },
    },
  });
  expect(showBody({ ...facts, chatTemplate: '', canInsert: true }).capabilities).toEqual([
    ...['completion', 'insert', 'thinking'],
  ]);
});

test('a pull is told in steps, not byte by byte', () => {
  const lines = new PullLines();
  const digest = `sha256:${'ab'.repeat(32)}`;
  const at = (fileDoneBytes: number, phase: FileProgress['phase'] = 'fetching') =>
    lines.push({ phase, file: 'a.gguf', digest, fileDoneBytes, fileBytes: 1000 });
  const told = Array.from({ length: 1001 }, (_, i) => at(i)).filter((line) => line !== undefined);
  expect(told).toHaveLength(101);
  expect(told[0]).toEqual({ status: 'pulling abababababab', digest, total: 1000, completed: 0 });
  expect(told.at(-1)).toMatchObject({ completed: 1000 });
  expect(at(0, 'verifying')).toMatchObject({ status: 'verifying abababababab' });
  expect(lines.end()).toEqual([{ status: 'writing manifest' }, { status: 'success' }]);
});
