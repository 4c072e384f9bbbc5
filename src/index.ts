/** The public API: everything a program needs, and the only barrel. */
export { SampanError } from './base/errors.ts';
export type { ErrorCode } from './base/errors-table.ts';
export type { EngineStats, FinishedRequest } from './engine/engine-stats.ts';
export { type KvDiskSettings, type LoadOptions, type LoadProgress, load } from './engine/load.ts';
export type {
  ChatOptions,
  ChatReply,
  GenerateOptions,
  LoadedModel,
  TextReply,
} from './engine/loaded-model.ts';
export type { ModelInfo } from './engine/model-info.ts';
export type { ReasoningEffort } from './engine/reasoning-effort.ts';
export type { Reply, Summary, TokenLogprob, TokenLogprobs } from './engine/reply.ts';
export type { ChatPiece } from './engine/reply-writer.ts';
export type { ResponseFormat } from './engine/response-format.ts';
export type { SamplingOptions } from './engine/sampling-params.ts';
export type { FinishReason, LengthCause } from './engine/sequence.ts';
export {
  chatVoted,
  type VotedSummary,
  type VoteOptions,
  type VoteProgress,
} from './engine/vote.ts';
export type { ChatMessage, ToolCall } from './formats/chat/chat-message.ts';
export type { Tool, ToolChoice } from './formats/chat/tools/tool.ts';
