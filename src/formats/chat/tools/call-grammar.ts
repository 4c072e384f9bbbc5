/**
 * The grammar of a reply that may or must call tools: free text, then a marker after which only
 * calls of the tools given fit, each with arguments as its schema has them, and then the end.
 */
import { error, SampanError } from '../../../base/errors.ts';
import {
  choice,
  freeText,
  type Grammar,
  type GrammarDocument,
  literal,
  optional,
  repeat,
  rule,
  sequence,
  tag,
} from '../../grammar/grammar.ts';
import { frameGrammar } from './frame-grammar.ts';
import type { Tool } from './tool.ts';
import type { ToolSyntax } from './tool-syntax.ts';

export interface CallGrammarOptions {
  /** None: any text in which no call begins. */
  readonly tools: readonly Tool[];
  /** Nothing but calls. */
  readonly isRequired: boolean;
  /** More than one call. */
  readonly isParallel: boolean;
  /** The model may open its thinking by itself, where the prompt did not. */
  readonly mayThink: boolean;
  /** The form of an answer that is no call; left out: any text. */
  readonly answer?: GrammarDocument | undefined;
  /** Whether the vocabulary has this text as a token. */
  isToken(text: string): boolean;
  /** A JSON schema as a grammar; throws for what a grammar cannot hold. */
  held(schema: object): GrammarDocument;
}

export function callGrammar(syntax: ToolSyntax, options: CallGrammarOptions): GrammarDocument {
  const rules = new Map<string, Grammar>();
  const root = rootOf(syntax, options, rules);
  if (!options.mayThink) return { root, rules };
  return { root: sequence(optional(thinking), root), rules };
}

const lineBreaks = repeat(literal('\n'), 0, 4);
const thinking = sequence(tag('<think>'), freeText('</think>'), tag('</think>'), lineBreaks);

function rootOf(
  syntax: ToolSyntax,
  options: CallGrammarOptions,
  rules: Map<string, Grammar>,
): Grammar {
  const free = freeText(...triggersOf(syntax, options.isToken).map(({ text }) => text));
  if (options.tools.length === 0) return free;
  const frame = (text: string) => frameGrammar(text, syntax.tokens);
  for (const [i, tool] of options.tools.entries()) {
    rules.set(`arguments ${i}`, bodyOf(syntax, tool, i, options, rules));
  }
  /** One call; so many characters of its beginning are there already. */
  const call = (done = 0) =>
    choice(
      ...options.tools.map(({ name }, i) =>
        sequence(
          frame(syntax.callStart(name).slice(done)),
          rule(`arguments ${i}`),
          frame(syntax.callEnd),
        ),
      ),
    );
  rules.set('call', call());
  const more = options.isParallel
    ? repeat(sequence(frame(syntax.between), rule('call')), 0)
    : literal('');
  rules.set('more calls', more);
  const tail = sequence(rule('more calls'), frame(syntax.listEnd));
  const calls = sequence(frame(syntax.listStart), rule('call'), tail);
  if (options.isRequired) return calls;
  if (options.answer !== undefined) {
    return choice(calls, embedded(options.answer, 'answer: ', rules));
  }
  const triggers = triggersOf(syntax, options.isToken).map(({ text, markers }) => {
    const rests = markers.flatMap(({ marker, rest }) => {
      const { listStart } = syntax;
      if (listStart.startsWith(marker)) {
        return [sequence(frame(rest + listStart.slice(marker.length)), rule('call'), tail)];
      }
      if (!syntax.callStart('').startsWith(marker)) return []; // a list of another model
      const listEnd = optional(frame(syntax.listEnd)); // nothing opened the list
      return [sequence(frame(rest), call(marker.length), rule('more calls'), listEnd)];
    });
    return rests.length === 0 ? [] : [sequence(tag(text), choice(...rests))];
  });
  return sequence(free, optional(choice(...triggers.flat())));
}

interface TriggerText {
  readonly text: string;
  readonly markers: readonly { readonly marker: string; readonly rest: string }[];
}

/** Markers, or the token in them where there is one: it alone is certain to be seen. */
function triggersOf({ markers, tokens }: ToolSyntax, isToken: (text: string) => boolean) {
  const byText = new Map<string, TriggerText['markers']>();
  for (const marker of markers) {
    const token = tokens.find((text) => isToken(text) && marker.includes(text)) ?? marker;
    const rest = marker.slice(marker.indexOf(token) + token.length);
    byText.set(token, [...(byText.get(token) ?? []), { marker, rest }]);
  }
  return [...byText].map(([text, markers]): TriggerText => ({ text, markers }));
}

function bodyOf(
  syntax: ToolSyntax,
  tool: Tool,
  index: number,
  options: CallGrammarOptions,
  rules: Map<string, Grammar>,
): Grammar {
  let count = 0;
  const held = (schema: object) =>
    embedded(options.held(schema), `tool ${index}.${count++}: `, rules);
  try {
    return syntax.bodyGrammar(tool, held);
  } catch (reason) {
    if (!(reason instanceof SampanError) || reason.code !== 'schema_unsupported') throw reason;
    if (tool.strict === true) {
      const pointer = `${tool.name}: ${reason.fields.pointer}`;
      throw error('schema_unsupported', { ...reason.fields, pointer }, reason);
    }
    // Asked for without `strict`, a schema is advice: better any object than no call.
    return syntax.bodyGrammar({ name: tool.name }, held);
  }
}

/** A document as a part of another one; its rules get names of their own. */
function embedded(document: GrammarDocument, prefix: string, rules: Map<string, Grammar>): Grammar {
  for (const [name, grammar] of document.rules) rules.set(prefix + name, renamed(grammar, prefix));
  return renamed(document.root, prefix);
}

function renamed(grammar: Grammar, prefix: string): Grammar {
  switch (grammar.kind) {
    case 'sequence':
      return { ...grammar, items: grammar.items.map((item) => renamed(item, prefix)) };
    case 'choice':
      return { ...grammar, options: grammar.options.map((item) => renamed(item, prefix)) };
    case 'repeat':
      return { ...grammar, item: renamed(grammar.item, prefix) };
    case 'rule':
      return rule(prefix + grammar.name);
    default:
      return grammar;
  }
}
