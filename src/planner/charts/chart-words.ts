/** What charts say. English here; a page in another language brings its own. */
import type { StepParts } from '../prediction.ts';

export interface ChartWords {
  readonly pareto: {
    readonly title: string;
    /** So many deployments are drawn; the names of those on the front. */
    description(count: number, front: string): string;
    readonly x: { readonly tpot: string; readonly ttft: string; readonly latency: string };
    cost(currency: string): string;
    readonly chips: string;
    readonly unpriced: string;
    readonly front: string;
    readonly limit: string;
    readonly nothing: string;
  };
  readonly roofline: {
    title(chip: string): string;
    description(roofs: string, points: string): string;
    readonly x: string;
    readonly y: string;
    readonly noRates: string;
    readonly noBandwidth: string;
  };
  readonly share: {
    readonly title: string;
    readonly parts: Readonly<Record<keyof StepParts, string>>;
  };
  readonly prefill: string;
  readonly decode: string;
}

export const englishChartWords: ChartWords = {
  pareto: {
    title: 'Cost against latency',
    description: (count, front) =>
      `${count} deployments, one mark each, with error bars. Nothing is both cheaper and faster than: ${front}.`,
    x: {
      tpot: 'time per output token, ms',
      ttft: 'time to first token, ms',
      latency: 'time of a whole reply, s',
    },
    cost: (currency) => `${currency} per million output tokens`,
    chips: 'chips',
    unpriced: 'no price known',
    front: 'Pareto front',
    limit: 'limit',
    nothing: 'No deployment to show.',
  },
  roofline: {
    title: (chip) => `Roofline of ${chip}`,
    description: (roofs, points) => `Roofs: ${roofs}. Of this deployment: ${points}.`,
    x: 'operations per byte read',
    y: 'tera-operations per second',
    noRates: 'No rate of this chip is published.',
    noBandwidth: 'Its memory bandwidth is not published.',
  },
  share: {
    title: 'Where the time goes',
    parts: {
      products: 'products',
      attention: 'attention',
      experts: 'experts',
      collectives: 'between chips',
      overhead: 'overhead',
    },
  },
  prefill: 'prefill',
  decode: 'decode',
};
