/**
 * What is counted and timed, in Prometheus' format. Names are vLLM's where it has one, so that
 * dashboards made for it work; ours begin with sampan_.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolEntry } from '../engine/model-pool.ts';
import type { Summary } from '../engine/reply.ts';
import { registerEngineMetrics } from './engine-metrics.ts';
import { latencyBuckets, tokenBuckets, tokenTimeBuckets, ttftBuckets } from './metric-buckets.ts';
import type { RequestRecord } from './request-record.ts';

const model = ['model_name'] as const;

export class Metrics {
  readonly registry = new Registry();
  readonly #counters = this.#makeCounters();
  readonly #histograms = this.#makeHistograms();
  readonly #http = this.#makeHttp();

  /** What the process and the engines know themselves. */
  watch(list: () => readonly PoolEntry[], version: string): void {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    registerEngineMetrics(this.registry, list);
    new Gauge({
      ...{ name: 'sampan_build_info', help: 'Always 1; its labels say what runs' },
      ...{ labelNames: ['version', 'node'], registers },
    }).set({ version, node: process.versions.node }, 1);
  }

  /** A reply that has ended, by itself or at a limit. */
  onReply(name: string, summary: Summary): void {
    const label = { model_name: name };
    const { promptTokens, completionTokens, ttftMs, queuedMs, totalMs, finishReason } = summary;
    const histograms = this.#histograms;
    this.#counters.reasoning.inc(label, summary.reasoningTokens);
    this.#counters.success.inc({ ...label, finished_reason: finishReason }, 1);
    histograms.promptTokens.observe(label, promptTokens);
    histograms.generationTokens.observe(label, completionTokens);
    histograms.e2e.observe(label, totalMs / 1000);
    if (completionTokens === 0) return;
    histograms.ttft.observe(label, ttftMs / 1000);
    histograms.queue.observe(label, queuedMs / 1000);
    histograms.prefill.observe(label, (ttftMs - queuedMs) / 1000);
    histograms.decode.observe(label, (totalMs - ttftMs) / 1000);
    if (completionTokens === 1) return;
    histograms.perToken.observe(label, (totalMs - ttftMs) / 1000 / (completionTokens - 1));
  }

  /** One that came to no end of its own. */
  onReplyFailed(name: string, reason: 'abort' | 'error'): void {
    this.#counters.success.inc({ model_name: name, finished_reason: reason }, 1);
  }

  onRequest(
    { status, durationMs }: Pick<RequestRecord, 'status' | 'durationMs'>,
    method: string,
    route: string,
  ): void {
    this.#http.requests.inc({ method, route, status: String(status) });
    this.#http.duration.observe({ method, route }, durationMs / 1000);
  }

  onSpansDropped(count: number): void {
    this.#http.spansDropped.inc(count);
  }

  #makeCounters() {
    const counter = (name: string, help: string, labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers: [this.registry] });
    const reasons = [...model, 'finished_reason'];
    return {
      reasoning: counter('sampan_reasoning_tokens_total', 'Tokens inside thinking', [...model]),
      success: counter('vllm:request_success_total', 'Requests that ended, by how', reasons),
    };
  }

  #makeHistograms() {
    const histogram = (name: string, help: string, buckets: readonly number[]) =>
      new Histogram({
        ...{ name: `vllm:${name}`, help, labelNames: model },
        ...{ buckets: [...buckets], registers: [this.registry] },
      });
    const seconds = (name: string, help: string, buckets: readonly number[] = latencyBuckets) =>
      histogram(`${name}_seconds`, help, buckets);
    const perToken = 'Time from one token to the next, its mean in a request';
    return {
      promptTokens: histogram('request_prompt_tokens', 'Tokens of a prompt', tokenBuckets),
      generationTokens: histogram('request_generation_tokens', 'Of a reply', tokenBuckets),
      e2e: seconds('e2e_request_latency', 'From call to end'),
      queue: seconds('request_queue_time', 'From call to first step'),
      prefill: seconds('request_prefill_time', 'From first step to first token'),
      decode: seconds('request_decode_time', 'From first token to end'),
      ttft: seconds('time_to_first_token', 'From call to first token', ttftBuckets),
      perToken: seconds('request_time_per_output_token', perToken, tokenTimeBuckets),
    };
  }

  #makeHttp() {
    const registers = [this.registry];
    return {
      requests: new Counter({
        ...{ name: 'sampan_http_requests_total', help: 'HTTP requests' },
        ...{ labelNames: ['method', 'route', 'status'], registers },
      }),
      duration: new Histogram({
        name: 'sampan_http_request_duration_seconds',
        help: 'From head of the request to end of the reply',
        ...{ labelNames: ['method', 'route'], buckets: [...latencyBuckets], registers },
      }),
      spansDropped: new Counter({
        name: 'sampan_trace_spans_dropped_total',
        ...{ help: 'Spans that the collector did not take', registers },
      }),
    };
  }
}
