/**
 * The page's state as the query of its address, and back. Whoever sends a link may have written
 * anything into it: what is no number, out of range or not known is put right and said so.
 */
import type { NumberRange } from '../../state/settings.ts';
import {
  costAxes,
  currencies,
  latencyAxes,
  maxMtpTokens,
  type OwnPrice,
  type PlanState,
  planDefaults,
  planRanges,
  regions,
  sortKeys,
} from './plan-state.ts';

/** What was wrong with a part of the address, and what is used in its place ('' = nothing). */
export interface Complaint {
  readonly kind: 'number' | 'range' | 'choice' | 'name';
  readonly name: string;
  readonly given: string;
  readonly used: string;
}

export interface KnownNames {
  readonly models: readonly string[];
  readonly chips: readonly string[];
}

const any = 'any';
const maxShown = 40;
const maxComplaints = 8;
const maxPrices = 200;
const names = [
  ...['model', 'rate', 'in', 'out', 'ttft', 'tpot', 'cache-hit', 'mtp', 'region', 'currency'],
  ...['price', 'x', 'y', 'sort', 'chip'],
];

export function printAddress(state: PlanState): string {
  const { model, rate, inTokens, outTokens, ttftMs, tpotMs, cacheHit, mtp } = state;
  const { region, currency, prices, x, y, sort, isDescending, chip } = state;
  const query = new URLSearchParams({
    ...{ model, rate: String(rate), in: String(inTokens), out: String(outTokens) },
    ...{ ttft: String(ttftMs ?? any), tpot: String(tpotMs ?? any) },
    ...(cacheHit > 0 && { 'cache-hit': String(cacheHit) }),
    ...(mtp.length > 0 && { mtp: mtp.join(',') }),
    ...(region !== planDefaults.region && { region }),
    ...(currency !== undefined && { currency }),
  });
  for (const [id, { amount, currency }] of Object.entries(prices)) {
    query.append('price', `${id}:${amount}:${currency}`);
  }
  if (x !== planDefaults.x) query.set('x', x);
  if (y !== planDefaults.y) query.set('y', y);
  if (sort !== planDefaults.sort || isDescending)
    query.set('sort', (isDescending ? '-' : '') + sort);
  if (chip !== undefined) query.set('chip', chip);
  return query.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
}

export function parseAddress(
  text: string,
  known: KnownNames,
): { readonly state: PlanState; readonly complaints: readonly Complaint[] } {
  const reader = new AddressReader(new URLSearchParams(text), known);
  const state = reader.read();
  return { state, complaints: reader.complaints.slice(0, maxComplaints) };
}

class AddressReader {
  readonly complaints: Complaint[] = [];
  readonly #query: URLSearchParams;
  readonly #known: KnownNames;

  constructor(query: URLSearchParams, known: KnownNames) {
    this.#query = query;
    this.#known = known;
  }

  read(): PlanState {
    for (const name of new Set(this.#query.keys())) {
      if (!names.includes(name)) this.#complain('name', name, this.#query.get(name) ?? '', '');
    }
    const { rate, inTokens, outTokens, share, ttftMs, tpotMs } = planRanges;
    const sort = this.#query.get('sort') ?? planDefaults.sort;
    return {
      model: this.#choice('model', this.#known.models, planDefaults.model),
      rate: this.#number('rate', rate, planDefaults.rate),
      inTokens: this.#number('in', inTokens, planDefaults.inTokens),
      outTokens: this.#number('out', outTokens, planDefaults.outTokens),
      ttftMs: this.#limit('ttft', ttftMs, planDefaults.ttftMs),
      tpotMs: this.#limit('tpot', tpotMs, planDefaults.tpotMs),
      cacheHit: this.#number('cache-hit', share, planDefaults.cacheHit),
      mtp: this.#mtp(),
      region: this.#choice('region', regions, planDefaults.region),
      currency: this.#choice('currency', currencies, undefined),
      prices: this.#prices(),
      x: this.#choice('x', latencyAxes, planDefaults.x),
      y: this.#choice('y', costAxes, planDefaults.y),
      sort: this.#choice('sort', sortKeys, planDefaults.sort, sort.replace(/^-/, '')),
      isDescending: sort.startsWith('-'),
      chip: this.#choice('chip', this.#known.chips, undefined),
    };
  }

  #complain(kind: Complaint['kind'], name: string, given: string, used: string): void {
    const short = (text: string) => (text.length > maxShown ? `${text.slice(0, maxShown)}…` : text);
    this.complaints.push({ kind, name: short(name), given: short(given), used });
  }

  #choice<Value extends string, Rest>(
    name: string,
    values: readonly Value[],
    rest: Rest,
    given: string | null = this.#query.get(name),
  ): Value | Rest {
    const found = values.find((value) => value === given);
    if (given === null || found !== undefined) return found ?? rest;
    this.#complain('choice', name, given, String(rest ?? ''));
    return rest;
  }

  #number(name: string, range: NumberRange, rest: number, given = this.#query.get(name)): number {
    if (given === null) return rest;
    const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(given) ? Number(given) : NaN;
    if (Number.isNaN(number)) {
      this.#complain('number', name, given, Number.isNaN(rest) ? '' : String(rest));
      return rest;
    }
    const held = Math.min(range.max, Math.max(range.min, number));
    const used = range.isInteger ? Math.round(held) : held;
    if (used !== number) this.#complain('range', name, given, String(used));
    return used;
  }

  #limit(name: string, range: NumberRange, rest: number | undefined): number | undefined {
    if (this.#query.get(name) === any) return undefined;
    return this.#number(name, range, rest as number);
  }

  #mtp(): number[] {
    const given = this.#query.get('mtp');
    if (given === null || given === '') return [];
    const parts = given.split(',');
    if (parts.length > maxMtpTokens) {
      this.#complain('range', 'mtp', given, parts.slice(0, maxMtpTokens).join(','));
    }
    const shares = parts.slice(0, maxMtpTokens);
    return shares.map((part) => this.#number('mtp', planRanges.share, 0, part));
  }

  #prices(): Record<string, OwnPrice> {
    const found: [string, OwnPrice][] = [];
    for (const given of this.#query.getAll('price').slice(0, maxPrices)) {
      const [chip = '', amount = '', currency = ''] = given.split(':');
      const money = currencies.find((known) => known === currency);
      if (!this.#known.chips.includes(chip) || money === undefined) {
        this.#complain('choice', 'price', given, '');
        continue;
      }
      const value = this.#number('price', planRanges.price, NaN, amount);
      if (!Number.isNaN(value)) found.push([chip, { amount: value, currency: money }]);
    }
    return Object.fromEntries(found);
  }
}
