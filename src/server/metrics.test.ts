import { expect, test } from 'vitest';
import { fakeSummary } from '../../test/fakes/fake-answerer.ts';
import { fakePoolEntry } from '../../test/fakes/fake-pool-entry.ts';
import { Metrics } from './metrics.ts';

test('a reply is counted and timed under vLLM’s names', async () => {
  const metrics = new Metrics();
  metrics.onReply('nano', { ...fakeSummary, queuedMs: 23 });
  const text = await metrics.registry.metrics();
  const figureOf = (name: string, labels = '') =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}{model_name="nano"${labels}}`))
        ?.split(' ')[1],
    );
  expect(figureOf('sampan_reasoning_tokens_total')).toBe(30);
  expect(figureOf('vllm:request_success_total', ',finished_reason="stop"')).toBe(1);
  expect(figureOf('vllm:time_to_first_token_seconds_sum')).toBeCloseTo(0.123);
  expect(figureOf('vllm:request_queue_time_seconds_sum')).toBeCloseTo(0.023);
  expect(figureOf('vllm:request_prefill_time_seconds_sum')).toBeCloseTo(0.1);
  expect(figureOf('vllm:request_decode_time_seconds_sum')).toBeCloseTo(1);
  expect(figureOf('vllm:request_time_per_output_token_seconds_sum')).toBeCloseTo(1 / 39);
  expect(figureOf('vllm:e2e_request_latency_seconds_count')).toBe(1);
});

test('a request that came to no end is counted, and times nothing', async () => {
  const metrics = new Metrics();
  metrics.onReplyFailed('nano', 'abort');
  const text = await metrics.registry.metrics();
  expect(text).toContain('vllm:request_success_total{model_name="nano",finished_reason="abort"} 1');
  expect(text).not.toContain('vllm:e2e_request_latency_seconds_count{');
});

test('what engines count themselves is read when it is asked for', async () => {
  const metrics = new Metrics();
  const entry = fakePoolEntry();
  metrics.watch(() => [entry, { ...fakePoolEntry('cold'), stats: undefined as never }], '1.2.3');
  for (const ms of [4, 30, 30, 3000]) entry.stats?.interToken.note(ms);
  const text = await metrics.registry.metrics();
  const name = 'vllm:inter_token_latency_seconds';
  for (const line of [
    'vllm:num_requests_running{model_name="nano"} 1',
    'vllm:num_requests_waiting{model_name="nano"} 2',
    'vllm:kv_cache_usage_perc{model_name="nano"} 0.25',
    'vllm:prompt_tokens_total{model_name="nano"} 12',
    'vllm:generation_tokens_total{model_name="nano"} 40',
    'vllm:prefix_cache_hits_total{model_name="nano"} 8',
    `${name}_bucket{model_name="nano",le="0.01"} 1`,
    `${name}_bucket{model_name="nano",le="0.05"} 3`,
    `${name}_bucket{model_name="nano",le="+Inf"} 4`,
    `${name}_sum{model_name="nano"} 3.064`,
    `${name}_count{model_name="nano"} 4`,
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).not.toContain('vllm:num_requests_running{model_name="cold"}');
});
