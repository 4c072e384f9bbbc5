/**
 * Values of schemas that must hold together → a rule of the grammar, made once for each set of
 * schemas; recursion ends in a rule that is there. Rules wait in a queue, so that nesting costs no
 * stack.
 */
import { choice, type Grammar, literal, never, rule } from '../grammar.ts';
import { anyArrayName, anyObjectName, anyValueName, jsonRules } from '../json-text.ts';
import { type Alternative, AlternativeSearch } from './alternatives.ts';
import { arrayGrammar } from './arrays.ts';
import { choiceOfTexts } from './choice-of-texts.ts';
import { fixedValues } from './fixed-values.ts';
import { heldKeywords, type JsonType } from './keywords-table.ts';
import type { Location, SchemaRoot } from './location.ts';
import { negationsOf } from './negations.ts';
import { numberBounds, numberGrammar } from './numbers.ts';
import { objectGrammar } from './objects.ts';
import { checkOneOf } from './one-of.ts';
import type { Budget } from './refusal.ts';
import { type StringLimits, stringGrammar, stringLimits } from './strings.ts';
import { hasType, impliedTypes, typesOf } from './types-of.ts';

export interface Budgets {
  readonly grammar: Budget;
  /** For showing that options exclude each other. */
  readonly proofs: Budget;
}

export class ValueGrammars {
  readonly root: SchemaRoot;
  readonly rules = new Map<string, Grammar>(jsonRules);
  /**
   * A proof asks whether any value is there at all: nothing is narrowed to how replies are
   * written, and options of oneOf are taken for alternatives.
   */
  readonly isProof: boolean;
  readonly #budget: Budget;
  readonly #alternatives: AlternativeSearch;
  readonly #queue: { readonly name: string; readonly locations: readonly Location[] }[] = [];

  constructor(root: SchemaRoot, budgets: Budgets, isProof: boolean) {
    this.root = root;
    this.isProof = isProof;
    this.#budget = isProof ? budgets.proofs : budgets.grammar;
    this.#alternatives = new AlternativeSearch(root, this.#budget, (place) => {
      if (!isProof) checkOneOf(place, root, budgets);
    });
  }

  /** The rule of values for which all of these schemas hold. */
  value(locations: readonly Location[]): Grammar {
    const restricting = locations.filter(({ schema }) => !isEmptySchema(schema));
    if (restricting.length === 0) return rule(anyValueName);
    const pointers = [...new Set(restricting.map(({ pointer }) => pointer))].sort();
    const name = pointers.join(' & ');
    if (!this.rules.has(name)) {
      this.addRule(name, never, pointers[0]);
      this.#queue.push({ name, locations: restricting });
    }
    return rule(name);
  }

  addRule(name: string, body: Grammar, pointer: string): Grammar {
    this.#budget.spend('rules of the grammar', 1, pointer);
    this.rules.set(name, body);
    return rule(name);
  }

  /** Makes the rules that were named. */
  complete(): void {
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      const { name, locations } = next;
      const options = this.#alternatives
        .of(locations)
        .map((alternative, i) => this.#alternative(alternative, i === 0 ? name : `${name} ${i}`));
      this.rules.set(name, choice(...options));
    }
  }

  alternatives(locations: readonly Location[]): Alternative[] {
    return this.#alternatives.of(locations);
  }

  /** Undefined where they are no strings. */
  stringLimits(alternative: Alternative): StringLimits {
    return stringLimits(alternative, { ignoresFormats: this.isProof });
  }

  #alternative(alternative: Alternative, name: string): Grammar {
    if (alternative.length === 0) return rule(anyValueName);
    const { pointer } = alternative[0];
    const negations = negationsOf(alternative, this.root);
    const fixed = fixedValues(alternative, negations, this.isProof);
    if (fixed !== undefined) {
      const texts = fixed.map((value) => JSON.stringify(value));
      const characters = texts.reduce((sum, text) => sum + text.length, 0);
      this.#budget.spend('characters of fixed values', characters, pointer);
      return choiceOfTexts(texts);
    }
    const { types, isInteger } = typesOf(alternative);
    const isOpen = !hasType(alternative) && !this.isProof;
    const implied: readonly JsonType[] = isOpen ? impliedTypes(alternative) : types;
    const left = types.filter((type) => implied.includes(type) && !negations.types.has(type));
    const values = negations.valuesFor(left, isInteger);
    const before = this.rules.size;
    const options = left.map((type) =>
      this.#ofType(type, { alternative, isInteger, values, name }),
    );
    this.#budget.spend('rules of the grammar', Math.max(0, this.rules.size - before), pointer);
    return choice(...options);
  }

  #ofType(type: JsonType, { alternative, isInteger, values, name }: Typed): Grammar {
    const [{ pointer }] = alternative;
    const isAbout = alternative.some(({ schema }) =>
      heldKeywords[type].some((keyword) => schema[keyword] !== undefined),
    );
    switch (type) {
      case 'null':
        return values.has(null) ? never : literal('null');
      case 'boolean':
        return choice(
          ...[true, false].filter((is) => !values.has(is)).map((is) => literal(String(is))),
        );
      case 'number': {
        const bounds = numberBounds(alternative, isInteger);
        return numberGrammar(bounds, values, pointer, `${name} number`, this.rules);
      }
      case 'string': {
        const limits = this.stringLimits(alternative);
        return stringGrammar(limits, values, pointer, `${name} string`, this.rules);
      }
      case 'array':
        return isAbout ? arrayGrammar(alternative, `${name} array`, this) : rule(anyArrayName);
      case 'object':
        return isAbout ? objectGrammar(alternative, `${name} object`, this) : rule(anyObjectName);
    }
  }
}

interface Typed {
  readonly alternative: Alternative;
  readonly isInteger: boolean;
  /** That `not` leaves out. */
  readonly values: ReadonlySet<unknown>;
  /** For rules of its own. */
  readonly name: string;
}

function isEmptySchema(schema: Location['schema']): boolean {
  return schema === true || (typeof schema === 'object' && Object.keys(schema).length === 0);
}
