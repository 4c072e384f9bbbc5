/**
 * What a text may look like, as data: a tree over bytes of UTF-8. Written by json-schema.ts for
 * JSON and by formats/chat/tools for tool calls; read by engine/grammar, which holds a reply to it.
 * Knows no tokens but the texts of tags. Limits on depth and size are the readers'.
 */

/** An inclusive range of code points. */
export type CodePointRange = readonly [first: number, last: number];

export type Grammar =
  | { readonly kind: 'literal'; readonly text: string }
  /** One character out of the ranges, or one that is in none of them. */
  | {
      readonly kind: 'class';
      readonly ranges: readonly CodePointRange[];
      readonly isNegated: boolean;
    }
  | { readonly kind: 'sequence'; readonly items: readonly Grammar[] }
  /** Any of them; more than one may match. */
  | { readonly kind: 'choice'; readonly options: readonly Grammar[] }
  /** `max` undefined: no limit. */
  | {
      readonly kind: 'repeat';
      readonly item: Grammar;
      readonly min: number;
      readonly max: number | undefined;
    }
  /** A rule of the same document; the only way to recursion. None may begin with itself. */
  | { readonly kind: 'rule'; readonly name: string }
  /** A text that is one token where the vocabulary has it (`</think>`), else its letters. */
  | { readonly kind: 'tag'; readonly text: string }
  /** Any text, none too, in which none of these tags occurs. */
  | { readonly kind: 'freeText'; readonly until: readonly string[] };

export interface GrammarDocument {
  readonly root: Grammar;
  readonly rules: ReadonlyMap<string, Grammar>;
}

export const literal = (text: string): Grammar => ({ kind: 'literal', text });
export const characters = (...ranges: CodePointRange[]): Grammar => ({
  ...{ kind: 'class', ranges, isNegated: false },
});
export const charactersBut = (...ranges: CodePointRange[]): Grammar => ({
  ...{ kind: 'class', ranges, isNegated: true },
});
export const sequence = (...items: Grammar[]): Grammar => ({ kind: 'sequence', items });
export const choice = (...options: Grammar[]): Grammar => ({ kind: 'choice', options });
export const repeat = (item: Grammar, min: number, max?: number): Grammar => ({
  ...{ kind: 'repeat', item, min, max },
});
export const optional = (item: Grammar): Grammar => repeat(item, 0, 1);
export const rule = (name: string): Grammar => ({ kind: 'rule', name });
export const tag = (text: string): Grammar => ({ kind: 'tag', text });
export const freeText = (...until: string[]): Grammar => ({ kind: 'freeText', until });
/** Matches nothing at all. */
export const never: Grammar = { kind: 'choice', options: [] };
