/**
 * Calls spelled in ordinary characters, for vocabularies with no token for them: the R1 distills of
 * Llama, nano. <function=name>{…}</function> is the form Llama 3.1 has for tools of one's own, and
 * what node-llama-cpp falls back to; a grammar keeps models to it that never learned it.
 */
import { pythonJson } from './python-json.ts';
import { ahead, any, functionOf, maybe, nameThen, space, type ToolSyntax } from './tool-syntax.ts';

export const plainSyntax: ToolSyntax = {
  name: 'plain',
  markers: ['<function='],
  tokens: [],

  gap: '\n',
  listStart: '',
  callStart: (name) => `<function=${name}>`,
  callEnd: '</function>',
  between: '\n',
  listEnd: '',
  bodyOf: (argumentsJson) => argumentsJson,
  bodyGrammar: ({ parameters }, held) => held({ type: 'object', ...parameters }),

  forms: [
    {
      body: 'json',
      steps: [any('<function='), nameThen('>'), space, ahead('{', '</function>')],
    },
  ],
  trailer: [space, maybe('</function>')],

  describe(tools) {
    const shown = tools.map((tool) => pythonJson(functionOf(tool)));
    return (
      `You can call these functions:\n${shown.join('\n')}\n` +
      'To call one, write <function=NAME>{"parameter": "value"}</function>.'
    );
  },
  writeResults: (results) =>
    results.map((text) => `<function_result>${text}</function_result>`).join('\n'),
};
