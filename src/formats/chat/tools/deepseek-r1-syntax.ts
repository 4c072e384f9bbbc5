/**
 * Calls of R1, V3 and V3-0324: arguments in a code fence. Their official templates show calls and
 * results but not the tools; the section that shows them is worded after what vLLM and SGLang ship
 * for these models (examples/tool_chat_template_deepseekr1.jinja).
 */
import { pythonJson } from './python-json.ts';
import { ahead, any, functionOf, maybe, nameThen, space, type ToolSyntax } from './tool-syntax.ts';

export const deepseekTokens = {
  listStart: '<｜tool▁calls▁begin｜>',
  listEnd: '<｜tool▁calls▁end｜>',
  callStart: '<｜tool▁call▁begin｜>',
  callEnd: '<｜tool▁call▁end｜>',
  separator: '<｜tool▁sep｜>',
};
const { listStart, listEnd, callStart, callEnd, separator } = deepseekTokens;

export const fencedForm = {
  body: 'json',
  steps: [
    ...[maybe(listStart), space, any(callStart), space, maybe('function'), any(separator)],
    ...[nameThen('\n'), space, maybe('```json', '```', 'json'), space],
    ahead('{', '```', callEnd), // the last two: no arguments
  ],
} as const;
export const bareForm = {
  body: 'json',
  steps: [
    ...[maybe(listStart), space, any(callStart), space, nameThen(separator), space],
    ahead('{', callEnd),
  ],
} as const;
export const deepseekTrailer = [
  ...[space, maybe('```'), space, maybe(callEnd), space, maybe(listEnd)],
];

export const deepseekR1Syntax: ToolSyntax = {
  name: 'deepseek-r1',
  markers: [listStart, callStart],
  tokens: Object.values(deepseekTokens),

  gap: '',
  listStart,
  callStart: (name) => `${callStart}function${separator}${name}\n\`\`\`json\n`,
  callEnd: `\n\`\`\`${callEnd}`,
  between: '\n',
  listEnd,
  bodyOf: (argumentsJson) => argumentsJson,
  bodyGrammar: ({ parameters }, held) => held({ type: 'object', ...parameters }),

  forms: [fencedForm, bareForm],
  trailer: deepseekTrailer,

  describe(tools) {
    const shown = tools.map((tool) => `\`\`\`json\n${pythonJson(functionOf(tool))}\n\`\`\``);
    return (
      '## Tools\n\nYou can call the following functions:\n\n' +
      `${shown.join('\n')}\n\n` +
      'To call one, write exactly this, with the name of the function and its arguments as JSON:\n' +
      `${listStart}${callStart}function${separator}FUNCTION_NAME\n` +
      `\`\`\`json\n{"param1": "value1", "param2": "value2"}\n\`\`\`${callEnd}${listEnd}`
    );
  },
  /** As Ollama's R1 template has it: a user's turn, framed. */
  writeResults(results) {
    const outputs = results.map((text) => `<｜tool▁output▁begin｜>${text}<｜tool▁output▁end｜>`);
    return `<｜tool▁outputs▁begin｜>${outputs.join('\n')}<｜tool▁outputs▁end｜>`;
  },
};
