/**
 * Which syntax of calls a model speaks. Its vocabulary says: tokens for calls are tokens it was
 * trained with. Two of DeepSeek's have the same vocabulary and differ in the template: R1 and V3
 * put a fence around arguments, V3.1 does not. V3.2 shares it too and brings no template; where
 * somebody wrote one for it, that speaks of DSML. Without a template such a vocabulary is R1's.
 */
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { deepseekR1Syntax, deepseekTokens } from './deepseek-r1-syntax.ts';
import { deepseekV31Syntax } from './deepseek-v31-syntax.ts';
import { dsmlSyntax } from './dsml-syntax.ts';
import { hermesSyntax } from './hermes-syntax.ts';
import { plainSyntax } from './plain-syntax.ts';
import type { ToolSyntax } from './tool-syntax.ts';

export function toolSyntaxFor(tokenizer: Tokenizer, templateSource: string): ToolSyntax {
  const hasToken = (text: string) => tokenizer.tokenId(text) !== undefined;
  const { callStart, separator } = deepseekTokens;
  const hasDeepseek = hasToken(callStart) && hasToken(separator);
  if (hasToken('｜DSML｜') || (hasDeepseek && templateSource.includes('DSML｜'))) {
    return dsmlSyntax(templateSource.includes('function_calls') ? 'function_calls' : 'tool_calls');
  }
  if (hasDeepseek) {
    const writesCalls = templateSource.includes(separator);
    return writesCalls && !templateSource.includes('```json')
      ? deepseekV31Syntax
      : deepseekR1Syntax;
  }
  return hasToken('<tool_call>') ? hermesSyntax : plainSyntax;
}
