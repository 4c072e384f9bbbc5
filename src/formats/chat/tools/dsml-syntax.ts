/**
 * DSML, the calls of V3.2 (`function_calls`) and V4 (`tool_calls`): one element per argument, texts
 * as they are and everything else as JSON. Forms and sections are those of the two models' own
 * encoders (encoding_dsv32.py, encoding_dsv4.py), which they have in place of a Jinja template.
 */
import {
  charactersBut,
  choice,
  freeText,
  type Grammar,
  literal,
  optional,
  repeat,
  sequence,
} from '../../grammar/grammar.ts';
import { frameGrammar } from './frame-grammar.ts';
import { pythonJson } from './python-json.ts';
import type { Tool } from './tool.ts';
import {
  ahead,
  any,
  functionOf,
  maybe,
  nameThen,
  objectOf,
  space,
  type ToolSyntax,
} from './tool-syntax.ts';

const tokens = ['｜DSML｜'];
const frame = (text: string) => frameGrammar(text, tokens);
const tag = (name: string) => `<｜DSML｜${name}`;
const endTag = (name: string) => `</｜DSML｜${name}>`;
const parameterEnd = endTag('parameter');
const parameterStart = (name: string, isText: boolean) =>
  `${tag('parameter')} name="${name}" string="${isText}">`;
const listStarts = [`${tag('function_calls')}>`, `${tag('tool_calls')}>`];

export function dsmlSyntax(block: 'function_calls' | 'tool_calls'): ToolSyntax {
  const listStart = `${tag(block)}>\n`;
  const listEnd = `\n${endTag(block)}`;
  const isV4 = block === 'tool_calls';
  return {
    name: 'dsml',
    markers: [...listStarts, tag('invoke')],
    tokens,

    gap: '\n\n',
    listStart,
    callStart: (name) => `${tag('invoke')} name="${name}">\n`,
    callEnd: endTag('invoke'),
    between: '\n',
    listEnd,
    bodyOf,
    bodyGrammar: parametersGrammar,

    forms: [
      {
        body: 'parameters',
        steps: [
          ...[maybe(...listStarts), space, any(tag('invoke')), space, any('name="')],
          ...[nameThen('"'), space, any('>'), space, ahead(tag('parameter'), endTag('invoke'))],
        ],
      },
    ],
    trailer: [
      ...[space, maybe(endTag('invoke'))],
      ...[space, maybe(endTag('function_calls'), endTag('tool_calls'))],
    ],

    describe: (tools) => (isV4 ? describeV4(tools) : describeV32(tools)),
    writeResults: (results) =>
      isV4
        ? results.map((text) => `<tool_result>${text}</tool_result>`).join('\n\n')
        : `<function_results>${results.map((text) => `\n<result>${text}</result>`).join('')}` +
          '\n</function_results>',
  };
}

function bodyOf(argumentsJson: string): string {
  const parameters = Object.entries(objectOf(argumentsJson)).map(([name, value]) => {
    const isText = typeof value === 'string';
    return parameterStart(name, isText) + (isText ? value : pythonJson(value)) + parameterEnd;
  });
  return `${parameters.join('\n')}\n`;
}

const rawText = freeText(parameterEnd);

type Schema = Readonly<Record<string, unknown>>;
/** What says something about the object as a whole, which elements one by one cannot hold. */
const wholeKeywords = [
  ...['$ref', 'anyOf', 'oneOf', 'allOf', 'if', 'not', 'patternProperties', 'minProperties'],
  ...['maxProperties', 'propertyNames', 'dependentRequired', 'dependentSchemas', 'enum', 'const'],
];
/** A text that these say something about is written as JSON, which a grammar can hold to them. */
const textKeywords = ['pattern', 'format', 'minLength', 'maxLength', 'anyOf', 'oneOf', 'allOf'];

function parametersGrammar({ parameters }: Tool, held: (schema: object) => Grammar): Grammar {
  const schema = (parameters ?? {}) as Schema;
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const isWhole = wholeKeywords.some((keyword) => keyword in schema);
  const hasBadName = properties.some(([name]) => /["<>\n]/.test(name));
  if (isWhole || hasBadName || (properties.length === 0 && schema.additionalProperties !== false)) {
    return repeat(anyParameter(held), 0);
  }
  if (properties.length === 0) return literal('\n');
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const { $defs, definitions } = schema;
  const whole = {
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  };
  return sequence(
    ...properties.map(([name, property]) => {
      const line = choice(...valuesOf(property, whole, held).map((value) => value(name)));
      return required.has(name) ? line : optional(line);
    }),
  );
}

type Line = (name: string) => Grammar;
const line =
  (value: Grammar, isText: boolean): Line =>
  (name) =>
    sequence(frame(parameterStart(name, isText)), value, frame(`${parameterEnd}\n`));

function valuesOf(property: Schema, whole: object, held: (schema: object) => Grammar): Line[] {
  const isObject = typeof property === 'object' && property !== null;
  if (isObject && property.type === 'string' && !textKeywords.some((k) => k in property)) {
    const options = 'const' in property ? [property.const] : property.enum;
    if (options === undefined) return [line(rawText, true)];
    if (Array.isArray(options) && options.every(isPlain)) {
      return [line(choice(...options.map(literal)), true)];
    }
  }
  return [line(held(isObject ? { ...property, ...whole } : {}), false)];
}

const isPlain = (text: unknown): text is string => typeof text === 'string' && !text.includes('<');

function anyParameter(held: (schema: object) => Grammar): Grammar {
  const nameCharacter = charactersBut([0, 0x1f], [0x22, 0x22], [0x3c, 0x3c], [0x3e, 0x3e]);
  return sequence(
    frame(`${tag('parameter')} name="`),
    repeat(nameCharacter, 1),
    choice(
      sequence(literal('" string="true">'), rawText),
      sequence(literal('" string="false">'), held({})),
    ),
    frame(`${parameterEnd}\n`),
  );
}

const example = (block: string, what: string) =>
  `${tag(block)}>\n${tag('invoke')} name="$${what}_NAME">\n` +
  `${tag('parameter')} name="$PARAMETER_NAME" string="true|false">$PARAMETER_VALUE${parameterEnd}\n` +
  `...\n${endTag('invoke')}\n${tag('invoke')} name="$${what}_NAME2">\n...\n${endTag('invoke')}\n` +
  endTag(block);
const schemas = (tools: readonly Tool[]) =>
  tools.map((tool) => pythonJson(functionOf(tool))).join('\n');

function describeV32(tools: readonly Tool[]): string {
  return (
    "## Tools\nYou have access to a set of tools you can use to answer the user's question.\n" +
    `You can invoke functions by writing a "${tag('function_calls')}>" block like the following ` +
    `as part of your reply to the user:\n${example('function_calls', 'FUNCTION')}\n` +
    'String and scalar parameters should be specified as is without any escaping or quotes, while ' +
    'lists and objects should use JSON format. The "string" attribute should be set to "true" for ' +
    'string type parameters and "false" for other types (numbers, booleans, arrays, objects).\n' +
    'If the thinking_mode is enabled, then after function results you should strongly consider ' +
    'outputting a thinking block. Here is an example:\n' +
    `${tag('function_calls')}>\n...\n${endTag('function_calls')}\n<function_results>\n...\n` +
    '</function_results>\n<think>...thinking about results</think>\n' +
    'Here are the functions available in JSONSchema format:\n' +
    `<functions>\n${schemas(tools)}\n</functions>\n`
  );
}

function describeV4(tools: readonly Tool[]): string {
  return (
    "## Tools\n\nYou have access to a set of tools to help answer the user's question. You can " +
    `invoke tools by writing a "${tag('tool_calls')}>" block like the following:\n\n` +
    `${example('tool_calls', 'TOOL')}\n\n` +
    'String parameters should be specified as is and set `string="true"`. For all other types ' +
    '(numbers, booleans, arrays, objects), pass the value in JSON format and set `string="false"`.' +
    '\n\nIf thinking_mode is enabled (triggered by <think>), you MUST output your complete ' +
    'reasoning inside <think>...</think> BEFORE any tool calls or final response.\n\n' +
    'Otherwise, output directly after </think> with tool calls or final response.\n\n' +
    `### Available Tool Schemas\n\n${schemas(tools)}\n\n` +
    'You MUST strictly follow the above defined tool name and parameter schemas to invoke tool calls.\n'
  );
}
