/**
 * Schemas that must hold together, taken apart: $ref and allOf add to them, anyOf and oneOf make
 * alternatives. What is left of each alternative are plain schemas, whose own keywords must all
 * hold. Refuses references that lead back to themselves before any value begins, and too many
 * alternatives.
 */
import { annotations, generalKeywords, heldKeywords, refusedKeywords } from './keywords-table.ts';
import { type Location, member, type SchemaObject, type SchemaRoot } from './location.ts';
import { type Budget, unsupported, wrong } from './refusal.ts';

/** Their keywords hold together; those of `$ref`, allOf, anyOf and oneOf are taken care of. */
export type Alternative = readonly PlainLocation[];
export interface PlainLocation {
  readonly pointer: string;
  readonly schema: SchemaObject;
}

interface Chain {
  readonly pointer: string;
  readonly before: Chain | undefined;
  readonly length: number;
}
const maxChain = 100;
interface Pending {
  readonly location: Location;
  /** The schemas that brought it here, in the same place of the value. */
  readonly chain: Chain | undefined;
}
interface Choice {
  readonly options: readonly Pending[];
  readonly pointer: string;
}

const known: ReadonlySet<string> = new Set([
  ...annotations,
  ...generalKeywords,
  ...Object.values(heldKeywords).flat(),
]);

export class AlternativeSearch {
  readonly #root: SchemaRoot;
  readonly #budget: Budget;
  /** Whether the options of this oneOf exclude each other; throws where that cannot be shown. */
  readonly #checkOneOf: (location: PlainLocation) => void;
  readonly #checked = new Set<string>();

  constructor(root: SchemaRoot, budget: Budget, checkOneOf: (location: PlainLocation) => void) {
    this.#root = root;
    this.#budget = budget;
    this.#checkOneOf = checkOneOf;
  }

  of(locations: readonly Location[]): Alternative[] {
    const found: Alternative[] = [];
    const pending = locations.map((location) => ({ location, chain: undefined }));
    this.#search(pending, new Map(), [], found);
    return found;
  }

  #search(
    start: readonly Pending[],
    known: ReadonlyMap<string, PlainLocation>,
    undecided: readonly Choice[],
    found: Alternative[],
  ): void {
    const plain = new Map(known);
    const choices = [...undecided];
    const pending = [...start];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const { location, chain } = next;
      const { pointer, schema } = location;
      this.#budget.spend('alternatives looked at', 1, pointer);
      if (schema === false) return;
      if (schema === true) continue;
      refuseLoop(pointer, chain);
      if (plain.has(pointer)) continue;
      const place: PlainLocation = { pointer, schema };
      this.#checkKeywords(place);
      plain.set(pointer, place);
      const inside = { pointer, before: chain, length: (chain?.length ?? 0) + 1 };
      const here = (location: Location): Pending => ({ location, chain: inside });
      if (schema.$ref !== undefined) {
        pending.push(here(this.#root.resolve(schema.$ref, `${pointer}/$ref`)));
      }
      pending.push(...this.#list(location, 'allOf').map(here));
      for (const keyword of ['anyOf', 'oneOf']) {
        if (schema[keyword] === undefined) continue;
        choices.push({ options: this.#list(location, keyword).map(here), pointer });
      }
    }
    const choice = choices.shift();
    if (choice === undefined) found.push([...plain.values()]);
    else for (const option of choice.options) this.#search([option], plain, choices, found);
  }

  /** The schemas of a keyword that holds a list of them. */
  #list(location: Location, keyword: string): Location[] {
    const list = member(location.schema, keyword);
    if (list === undefined) return [];
    if (!Array.isArray(list) || list.length === 0) {
      throw wrong(`${location.pointer}/${keyword}`, list, 'a list of schemas');
    }
    return list.map((_, i) => this.#root.child(location, keyword, i));
  }

  /** Once for each place: nothing that is asked may go unheard. */
  #checkKeywords(place: PlainLocation): void {
    if (this.#checked.has(place.pointer)) return;
    this.#checked.add(place.pointer);
    for (const keyword of Object.keys(place.schema)) {
      if (known.has(keyword) || keyword.startsWith('x-')) continue;
      const remedy = refusedKeywords[keyword] ?? 'Correct its spelling, or leave it out.';
      throw unsupported(`${place.pointer}/${keyword}`, `the keyword ${keyword}`, remedy);
    }
    if (place.schema.oneOf !== undefined) this.#checkOneOf(place);
  }
}

/** A reference that leads to itself with nothing between says nothing about any value. Chains are short. */
function refuseLoop(pointer: string, chain: Chain | undefined): void {
  if (chain !== undefined && chain.length > maxChain) {
    const found = `more than ${maxChain} references and combinations one behind the other`;
    throw unsupported(pointer, found, 'Refer to the last one.');
  }
  for (let link = chain; link !== undefined; link = link.before) {
    if (link.pointer !== pointer) continue;
    const remedy = 'Put a property or a list between a schema and itself.';
    throw unsupported(pointer, 'a schema that refers to itself and to nothing else', remedy);
  }
}
