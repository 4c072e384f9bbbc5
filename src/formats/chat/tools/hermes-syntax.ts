/**
 * Calls as JSON objects between <tool_call> tags: Hermes' syntax and Qwen's, so that of every
 * vocabulary which has <tool_call> as a token: the R1 distills of Qwen and R1-0528-Qwen3-8B. The
 * section that shows the tools is the one of Qwen's own templates.
 */
import { pythonJson } from './python-json.ts';
import { ahead, any, functionOf, maybe, nameThen, space, type ToolSyntax } from './tool-syntax.ts';

export const hermesSyntax: ToolSyntax = {
  name: 'hermes',
  markers: ['<tool_call>'],
  tokens: ['<tool_call>', '</tool_call>'],

  gap: '\n',
  listStart: '',
  callStart: (name) => `<tool_call>\n{"name": "${name}", "arguments": `,
  callEnd: '}\n</tool_call>',
  between: '\n',
  listEnd: '',
  bodyOf: (argumentsJson) => argumentsJson,
  bodyGrammar: ({ parameters }, held) => held({ type: 'object', ...parameters }),

  forms: [
    {
      body: 'json',
      steps: [
        ...[any('<tool_call>'), space, any('{'), space, any('"name"'), space, any(':'), space],
        ...[any('"'), nameThen('"'), space, any(','), space, any('"arguments"', '"parameters"')],
        ...[space, any(':'), space, ahead('{')],
      ],
    },
    { body: 'object', steps: [any('<tool_call>'), space, ahead('{')] },
  ],
  trailer: [space, maybe('}'), space, maybe('</tool_call>')],

  describe(tools) {
    const shown = tools.map((tool) => pythonJson({ type: 'function', function: functionOf(tool) }));
    return (
      '# Tools\n\nYou may call one or more functions to assist with the user query.\n\n' +
      'You are provided with function signatures within <tools></tools> XML tags:\n' +
      `<tools>\n${shown.join('\n')}\n</tools>\n\n` +
      'For each function call, return a json object with function name and arguments within ' +
      '<tool_call></tool_call> XML tags:\n' +
      '<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
    );
  },
  writeResults: (results) =>
    results.map((text) => `<tool_response>\n${text}\n</tool_response>`).join('\n'),
};
