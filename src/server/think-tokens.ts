/** How much a request lets the model think → `thinkTokens`: the tighter of its effort and its budget. */
import type { ModelInfo } from '../engine/model-info.ts';
import { thinkTokensOf } from '../engine/reasoning-effort.ts';
import type { ApiKind } from '../protocol/api-kind.ts';
import type { ReasoningAsk } from '../protocol/openai/reasoning-fields.ts';

/** To be spread into chat options; left out where the request says nothing: the template decides. */
export function thinkOptions(
  { isOn, effort, budgetTokens }: ReasoningAsk,
  { contextTokens }: ModelInfo,
  api: ApiKind,
): { thinkTokens?: number } {
  if (isOn === false) return { thinkTokens: 0 };
  if (isOn === undefined && effort === undefined && budgetTokens === undefined) return {};
  const context = { contextTokens, api: api === 'deepseek' ? api : undefined } as const;
  const bound = effort === undefined ? undefined : thinkTokensOf(effort, context);
  const thinkTokens = Math.min(
    bound ?? Number.MAX_SAFE_INTEGER,
    budgetTokens ?? Number.MAX_SAFE_INTEGER,
  );
  return { thinkTokens };
}
