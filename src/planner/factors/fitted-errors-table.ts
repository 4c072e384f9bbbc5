/** Made by `npm run replay -- --fit`: do not edit. */
import type { ErrorTable } from './error-range.ts';

export const fittedErrors: ErrorTable = {
  'amd-cdna': {
    results: 1,
    ttft: {
      low: 2.08,
      high: 2.08,
    },
    tpot: {
      low: 2.08,
      high: 2.08,
    },
    throughput: {
      low: 2.08,
      high: 2.08,
    },
  },
  'ascend-910': {
    results: 22,
    ttft: {
      low: 0.461,
      high: 1.49,
    },
    tpot: {
      low: 0.634,
      high: 1.48,
    },
    throughput: {
      low: 0.626,
      high: 1.62,
    },
  },
  cpu: {
    results: 4,
    ttft: {
      low: 1.14,
      high: 1.4,
    },
    tpot: {
      low: 1.14,
      high: 1.4,
    },
    throughput: {
      low: 1.14,
      high: 1.4,
    },
  },
  'nvidia-ada': {
    results: 1,
    ttft: {
      low: 1.04,
      high: 1.04,
    },
    tpot: {
      low: 1.04,
      high: 1.04,
    },
    throughput: {
      low: 1.04,
      high: 1.04,
    },
  },
  'nvidia-ampere': {
    results: 1,
    ttft: {
      low: 1.07,
      high: 1.07,
    },
    tpot: {
      low: 1.07,
      high: 1.07,
    },
    throughput: {
      low: 1.07,
      high: 1.07,
    },
  },
  'nvidia-blackwell': {
    results: 128,
    ttft: {
      low: 0.705,
      high: 2.21,
    },
    tpot: {
      low: 0.773,
      high: 1.19,
    },
    throughput: {
      low: 0.799,
      high: 1.3,
    },
  },
  'nvidia-hopper': {
    results: 177,
    ttft: {
      low: 0.781,
      high: 1.68,
    },
    tpot: {
      low: 0.858,
      high: 1.13,
    },
    throughput: {
      low: 0.835,
      high: 1.17,
    },
  },
};
