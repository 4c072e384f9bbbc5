/**
 * OpenTelemetry spans of requests, with the GenAI conventions, sent as OTLP over HTTP with JSON
 * where OTEL_EXPORTER_OTLP_ENDPOINT names a collector. Sending is apart from serving: spans wait
 * in a bounded buffer, and what the collector does not take is dropped and counted.
 */
import { randomBytes } from 'node:crypto';
import { type OtlpSpan, spanOf } from './otlp-span.ts';
import type { RequestRecord } from './request-record.ts';

export interface TraceParts {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: { readonly name: string; readonly version: string };
  onDropped(count: number, reason: string): void;
}

export interface SpanFacts {
  readonly record: RequestRecord;
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
}

const maxWaiting = 2048;
const maxPerPost = 512;
const flushMs = 5000;
const postTimeoutMs = 10_000;

export class Traces {
  readonly #parts: TraceParts;
  #waiting: OtlpSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(parts: TraceParts) {
    this.#parts = parts;
  }

  /** undefined where the caller decided that this trace is not kept. */
  begin(traceparent: string | undefined): { end(facts: SpanFacts): void } | undefined {
    const parent = parseTraceparent(traceparent);
    if (parent?.isSampled === false) return undefined;
    const traceId = parent?.traceId ?? randomBytes(16).toString('hex');
    const startMs = Date.now();
    const ids = { traceId, spanId: randomBytes(8).toString('hex'), parentSpanId: parent?.spanId };
    return { end: (facts) => this.#add(spanOf(ids, startMs, Date.now(), facts)) };
  }

  /** Sends what waits; resolves when it was taken or dropped. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#sendAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  #add(span: OtlpSpan): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#parts.onDropped(1, 'too many wait');
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= maxPerPost) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const spans = this.#waiting.splice(0, maxPerPost);
      const failure = await this.#send(spans);
      if (failure !== undefined) this.#parts.onDropped(spans.length, failure);
    }
  }

  async #send(spans: readonly OtlpSpan[]): Promise<string | undefined> {
    const { endpoint, headers, service } = this.#parts;
    const resource = {
      attributes: [
        { key: 'service.name', value: { stringValue: service.name } },
        { key: 'service.version', value: { stringValue: service.version } },
      ],
    };
    const scopeSpans = [{ scope: { name: 'sampan', version: service.version }, spans }];
    try {
      const reply = await fetch(`${endpoint.replace(/\/$/, '')}/v1/traces`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }),
        signal: AbortSignal.timeout(postTimeoutMs),
      });
      await reply.body?.cancel();
      return reply.ok ? undefined : `status ${reply.status}`;
    } catch (cause) {
      return (cause as Error).message;
    }
  }
}

function parseTraceparent(header: string | undefined) {
  const found = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(header ?? '');
  if (found === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = found;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
