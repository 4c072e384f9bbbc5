/**
 * Free text in which a tag switches a grammar on: what tool calls are. After the grammar the text
 * is free again, and a tag may follow once more, or the reply ends.
 */
import {
  choice,
  freeText,
  type Grammar,
  type GrammarDocument,
  literal,
  rule,
  sequence,
  tag,
} from './grammar.ts';

export interface Trigger {
  /** Found as one token where the vocabulary has it, else by its letters. */
  readonly tag: string;
  /** What follows the tag. */
  readonly grammar: Grammar;
}

export interface TriggeredOptions {
  /** again: text and more tags may follow; end: nothing may. */
  readonly after: 'again' | 'end';
  /** The reply begins with a tag, nothing before it. */
  readonly isRequired: boolean;
}

/** `rules`: those that the triggers' grammars name. */
export function triggered(
  triggers: readonly Trigger[],
  rules: ReadonlyMap<string, Grammar>,
  { after, isRequired }: TriggeredOptions,
): GrammarDocument {
  const text = freeText(...triggers.map(({ tag }) => tag));
  const next = after === 'end' ? literal('') : rule('triggered text');
  const calls = choice(...triggers.map((t) => sequence(tag(t.tag), t.grammar, next)));
  const free = sequence(text, choice(literal(''), rule('triggered call')));
  return {
    root: rule(isRequired ? 'triggered call' : 'triggered text'),
    rules: new Map([...rules, ['triggered call', calls], ['triggered text', free]]),
  };
}
