/**
 * What the engines of loaded models count themselves, read when it is asked for: gauges, counters
 * since the model was loaded, and the time between tokens. What aborted requests did is in there.
 */
import { Counter, Gauge, type Metric, type Registry } from 'prom-client';
import type { EngineStats } from '../engine/engine-stats.ts';
import type { LatencyHistogram } from '../engine/latency-histogram.ts';
import type { PoolEntry } from '../engine/model-pool.ts';

type List = () => readonly PoolEntry[];
type Value = (entry: PoolEntry) => number | undefined;

const labelNames = ['model_name'] as const;

const gauges: Readonly<Record<string, readonly [help: string, value: Value]>> = {
  'vllm:num_requests_running': ['Requests that take part in steps', (e) => e.stats?.running],
  'vllm:num_requests_waiting': ['Requests that wait for room', (e) => e.stats?.waiting],
  'vllm:kv_cache_usage_perc': ['Part of the KV cache in use, 0 to 1', (e) => kvUsage(e.stats)],
  sampan_model_loaded: ['1 where the model is in memory', (e) => +(e.info !== undefined)],
  sampan_model_weight_bytes: ['Memory of its weights', (e) => e.weightBytes],
  sampan_model_kv_cache_bytes: ['Memory reserved for its KV cache', (e) => e.kvBytes],
};

const counters: Readonly<
  Record<string, readonly [help: string, name: keyof EngineStats['counters']]>
> = {
  'vllm:prompt_tokens_total': ['Tokens of prompts', 'promptTokens'],
  'vllm:generation_tokens_total': ['Tokens that models wrote', 'generationTokens'],
  'vllm:prefix_cache_queries_total': ['Tokens looked for in the prefix cache', 'promptTokens'],
  'vllm:prefix_cache_hits_total': ['Tokens found in the prefix cache', 'cachedTokens'],
  'vllm:num_preemptions_total': ['Requests that gave way and began again', 'preemptions'],
  'vllm:spec_decode_num_draft_tokens_total': ['Tokens guessed ahead', 'draftedTokens'],
  'vllm:spec_decode_num_accepted_tokens_total': ['Guesses that were right', 'acceptedTokens'],
  sampan_engine_steps_total: ['Forward passes', 'steps'],
  sampan_requests_refused_total: ['Requests refused because too many waited', 'refusedRequests'],
};

/** vLLM has called it both. */
const tokenTimes = ['vllm:inter_token_latency_seconds', 'vllm:time_per_output_token_seconds'];

export function registerEngineMetrics(registry: Registry, list: List): void {
  const registers = [registry];
  for (const [name, [help, value]] of Object.entries(gauges)) {
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        each(list, value, (labels, number) => this.set(labels, number));
      },
    });
  }
  for (const [name, [help, key]] of Object.entries(counters)) {
    new Counter({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        const value: Value = ({ stats }) => stats?.counters[key];
        each(list, value, (labels, number) => this.inc(labels, number));
      },
    });
  }
  for (const name of tokenTimes)
    registry.registerMetric(interToken(name, list) as unknown as Metric);
}

function each(
  list: List,
  value: Value,
  set: (labels: { model_name: string }, number: number) => void,
): void {
  for (const entry of list()) {
    const number = value(entry);
    if (number !== undefined) set({ model_name: entry.name }, number);
  }
}

function kvUsage(stats: EngineStats | undefined): number | undefined {
  return stats && stats.kvBlocks.used / stats.kvBlocks.total;
}

/** A histogram that the engine keeps: the registry only asks for its values. */
function interToken(name: string, list: List) {
  const help = 'Time from one token of a reply to the next';
  const get = async () => ({
    ...{ name, help, type: 'histogram', aggregator: 'sum' },
    values: list().flatMap(({ name: model_name, stats }) =>
      stats === undefined ? [] : samples(name, { model_name }, stats.interToken),
    ),
  });
  return { name, help, type: 'histogram', aggregator: 'sum', get, reset() {} };
}

/** Prometheus wants buckets that include all before them. */
function samples(
  name: string,
  labels: Readonly<Record<string, string>>,
  { boundsSeconds, counts, count, sumSeconds }: LatencyHistogram,
) {
  let below = 0;
  const buckets = [...boundsSeconds, '+Inf'].map((le, i) => {
    below += counts[i] as number;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(le) }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
