/**
 * The APIs that are spoken, and which one a path belongs to. Error bodies, keep-alives and request
 * id headers follow from it.
 */
export type ApiKind = 'openai' | 'deepseek' | 'anthropic' | 'ollama';

/** First match wins; what matches none is OpenAI's. DeepSeek's base URL has no /v1. */
const prefixes: readonly (readonly [string, ApiKind])[] = [
  ['/v1/messages', 'anthropic'],
  ['/anthropic', 'anthropic'],
  ['/api', 'ollama'],
  ['/beta', 'deepseek'],
  ['/chat/completions', 'deepseek'],
  ['/completions', 'deepseek'],
  ['/models', 'deepseek'],
];

export function apiOfPath(path: string): ApiKind {
  const isUnder = (prefix: string) => path === prefix || path.startsWith(`${prefix}/`);
  return prefixes.find(([prefix]) => isUnder(prefix))?.[1] ?? 'openai';
}
