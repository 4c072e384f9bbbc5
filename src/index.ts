/** The public API: everything a program needs, and the only barrel. */
export { SampanError } from './base/errors.ts';
export type { ErrorCode } from './base/errors-table.ts';
export { type LoadOptions, type LoadProgress, load } from './engine/load.ts';
export type {
  ChatOptions,
  ChatReply,
  GenerateOptions,
  LoadedModel,
  TextReply,
} from './engine/loaded-model.ts';
export type { ModelInfo } from './engine/model-info.ts';
export type { Reply, Summary, TokenLogprob, TokenLogprobs } from './engine/reply.ts';
export type { ChatPiece } from './engine/reply-writer.ts';
export type { SamplingOptions } from './engine/sampling-params.ts';
export type { FinishReason } from './engine/sequence.ts';
export type { ChatMessage } from './formats/chat/chat-message.ts';
