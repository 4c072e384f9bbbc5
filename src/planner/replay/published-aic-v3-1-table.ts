/** Measured serving of DeepSeek-V3.1, out of aiconfigurator's silicon_sample.csv. */
import { aicResults, curve } from './published-aic.ts';

export const aicV31Results = aicResults('deepseek-v3.1', 'v3.1', [
  curve('b200', 'trtllm 1.3.0rc5', 'fp4', 'tp8ep8', 8, 4000, 1000, '2026-03-07', [
    [448, 428.4, 21.21],
  ]),
  curve('gb200', 'trtllm 1.3.0rc5', 'fp4', 'tp8ep8', 8, 4000, 1000, '2026-03-07', [
    [320, 350.2, 17.35],
  ]),
]);
