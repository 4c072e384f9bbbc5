/** All published results of serving that the planner is held to, in one list. */
import { aicLlamaResults } from './published-aic-llama-table.ts';
import { aicQwenResults } from './published-aic-qwen-table.ts';
import { aicR1Results } from './published-aic-r1-table.ts';
import { aicV31Results } from './published-aic-v3-1-table.ts';
import { aicV3Results } from './published-aic-v3-table.ts';
import { ascendResults } from './published-ascend-table.ts';
import { benchResults } from './published-bench-table.ts';
import { burstResults } from './published-burst-table.ts';
import { nodeResults } from './published-node-table.ts';
import { productionResults } from './published-production-table.ts';
import type { PublishedResult } from './published-result.ts';
import { smallResults } from './published-small-table.ts';
import { v4Results } from './published-v4-table.ts';

export const publishedResults: readonly PublishedResult[] = [
  ...productionResults,
  ...nodeResults,
  ...ascendResults,
  ...v4Results,
  ...smallResults,
  ...burstResults,
  ...benchResults,
  ...aicR1Results,
  ...aicV3Results,
  ...aicV31Results,
  ...aicLlamaResults,
  ...aicQwenResults,
];

export { half } from './split.ts';
