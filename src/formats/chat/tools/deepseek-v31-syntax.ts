/**
 * Calls of V3.1 and V3.1-Terminus: R1's tokens, but no word before the name and no fence. The
 * section that shows the tools is the one of Ollama's model/renderers/deepseek3.go, which follows
 * the model card.
 */

import {
  bareForm,
  deepseekR1Syntax,
  deepseekTokens,
  deepseekTrailer,
  fencedForm,
} from './deepseek-r1-syntax.ts';
import { pythonJson } from './python-json.ts';
import { functionOf, type ToolSyntax } from './tool-syntax.ts';

const { listStart, listEnd, callStart, callEnd, separator } = deepseekTokens;

export const deepseekV31Syntax: ToolSyntax = {
  name: 'deepseek-v3.1',
  markers: deepseekR1Syntax.markers,
  tokens: deepseekR1Syntax.tokens,

  gap: '',
  listStart,
  callStart: (name) => `${callStart}${name}${separator}`,
  callEnd,
  between: '',
  listEnd,
  bodyOf: (argumentsJson) => argumentsJson,
  bodyGrammar: deepseekR1Syntax.bodyGrammar,

  forms: [bareForm, fencedForm],
  trailer: deepseekTrailer,

  describe(tools) {
    const shown = tools.map((tool) => {
      const { name, description, parameters } = functionOf(tool);
      return `\n### ${name}\nDescription: ${description}\n\nParameters: ${pythonJson(parameters)}\n`;
    });
    return (
      `## Tools\nYou have access to the following tools:\n${shown.join('')}\n` +
      'IMPORTANT: ALWAYS adhere to this exact format for tool use:\n' +
      `${listStart}${callStart}tool_call_name${separator}tool_call_arguments${callEnd}` +
      `{{additional_tool_calls}}${listEnd}\n\nWhere:\n\n` +
      '- `tool_call_name` must be an exact match to one of the available tools\n' +
      "- `tool_call_arguments` must be valid JSON that strictly follows the tool's Parameters Schema\n" +
      '- For multiple tool calls, chain them directly without separators or spaces'
    );
  },
  writeResults: (results) =>
    results.map((text) => `<｜tool▁output▁begin｜>${text}<｜tool▁output▁end｜>`).join(''),
};
