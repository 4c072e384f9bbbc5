/** A plan: deployments that carry a load within limits, ranked by cost, and who cannot and why. */
import type { Currency, ExportStatus, Region } from './facts/market.ts';
import type { Prediction } from './prediction.ts';

export interface PlanQuestion {
  readonly model: string;
  /** Requests per second; absent: as many as `chips` or `budget` carry. */
  readonly rate?: number;
  readonly inTokens: number;
  readonly outTokens: number;
  /** Mean, milliseconds. */
  readonly ttftMs?: number;
  readonly tpotMs?: number;
  /** Share of prompt tokens found in the prefix cache, 0 to 1. */
  readonly cacheHit?: number;
  /** Probability that each further token of multi-token prediction is accepted. */
  readonly mtpAcceptance?: readonly number[];
  readonly region?: Region;
  /** Default: of the prices of the region. */
  readonly currency?: Currency;
  /** Own prices, one chip for one hour. */
  readonly prices?: Readonly<
    Record<string, { readonly amount: number; readonly currency: Currency }>
  >;
  /** Own exchange rates, per US dollar. */
  readonly exchange?: Readonly<Partial<Record<Currency, number>>>;
  /** Only these chips; with a count: at most so many, and what load they carry. */
  readonly chips?: readonly { readonly chip: string; readonly count?: number }[];
  readonly engine?: string;
  readonly precision?: string;
  /** Money per hour, in `currency`. */
  readonly budgetPerHour?: number;
}

export interface Cost {
  readonly currency: Currency;
  readonly perHour: number;
  /** Of a million tokens: the money of the time that goes to prompts, and to replies. */
  readonly perMillionInput: number;
  readonly perMillionOutput: number;
  /** All the money over the reply's tokens alone. */
  readonly perMillionOutputAll: number;
  /** One chip for one hour, and where that is from. */
  readonly chipHour: number;
  readonly priceSource: string;
  readonly priceDate: string;
  readonly priceGrade: 'A' | 'B' | 'C' | 'yours';
}

export interface PlanRow {
  readonly prediction: Prediction;
  readonly chipName: string;
  readonly vendor: string;
  readonly chips: number;
  /** Copies of the layout behind one gateway. */
  readonly replicas: number;
  /** Requests per second that it carries within the limits, and of that what is asked for. */
  readonly capacity: number;
  readonly utilisation: number;
  /** absent: no price is known, and none is made up. */
  readonly cost?: Cost;
  /** absent: no power is published. */
  readonly kilowatts?: number;
  readonly exports: readonly ExportStatus[];
  readonly notes: readonly string[];
}

/** A chip that cannot do it, why, and the nearest thing that it can. */
export interface RefusedRow {
  readonly chip: string;
  readonly chipName: string;
  readonly vendor: string;
  readonly reason: string;
  readonly nearest?: string;
}

export interface Plan {
  readonly question: PlanQuestion;
  /** Cheapest first; rows without a price after them, fewest chips first. */
  readonly rows: readonly PlanRow[];
  readonly refused: readonly RefusedRow[];
  readonly search: {
    readonly layouts: number;
    readonly exhaustive: boolean;
    readonly note: string;
  };
  /** Tags used in the answer → title, address, date. */
  readonly sources: readonly {
    readonly tag: string;
    readonly title: string;
    readonly address: string;
  }[];
}
