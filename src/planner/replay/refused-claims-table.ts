/** Numbers in circulation that the planner is not held to, and why. */
export interface RefusedClaim {
  readonly claim: string;
  readonly why: string;
  /** Tag of sources-table.ts; absent where no source was found. */
  readonly source?: string;
}

export const refusedClaims: readonly RefusedClaim[] = [
  {
    claim: 'R1 in BF16 on 16 × 910B of 64 GB: 850 decode tokens/s',
    why: '1.34 TB of weights do not fit 1.02 TB; the page is made by a bot and calls itself approximate',
    source: 'EVO',
  },
  {
    claim: 'Ascend 950 and K100 figures, MetaX C500 at 128 TFLOPS',
    why: "they contradict the figures of Huawei's simulator, of Gitee and of CSDN",
    source: 'EVO',
  },
  { claim: 'MTT S5000: a table with 1,650 tokens/s', why: 'no source was found' },
  { claim: 'Kunlun P800, eight cards: 2,437 tokens/s', why: 'no source was found' },
  {
    claim: 'vLLM-Kunlun: 3,534 output tokens/s, TTFT 58 s, 1,024/1,024, TP1',
    why: 'a sample log that names no model',
    source: 'KUNLUN',
  },
  {
    claim: 'vLLM-GCU: Qwen2.5-7B, 10 users, 280 tokens/s, TPOT 19.6 ms',
    why: "the page is adapted from vLLM-Ascend's and does not state the hardware",
    source: 'GCU',
  },
  {
    claim:
      'silicon_sample.csv: rows with tp_size 64, attention_dp 64 with ep 8, and the GB200 rows of November 2025 with tp12 to tp72',
    why: 'wrongly encoded: runs of eight chips, or with prefill and decode apart',
    source: 'AIC-CSV',
  },
  {
    claim: 'silicon_sample.csv: TPOT of 7 to 8.6 ms at four clients on H200 (January 2026)',
    why: 'multi-token prediction, which the file does not record',
    source: 'IX-LOG',
  },
];
