/** A request as a span of OTLP, in its JSON form. */
import type { SpanFacts } from './traces.ts';

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: number };
}

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
}

interface Attribute {
  readonly key: string;
  readonly value: object;
}

const kindServer = 2;
const [statusUnset, statusError] = [0, 2];

export function spanOf(ids: SpanIds, startMs: number, endMs: number, facts: SpanFacts): OtlpSpan {
  const { record, method, route } = facts;
  const { operation, model, status } = record;
  const isGeneration = operation !== undefined && model !== undefined;
  return {
    traceId: ids.traceId,
    spanId: ids.spanId,
    ...(ids.parentSpanId !== undefined && { parentSpanId: ids.parentSpanId }),
    name: isGeneration ? `${operation} ${model}` : `${method} ${route}`.trimEnd(),
    kind: kindServer,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributesOf({
      'http.request.method': method,
      'http.route': route === '' ? undefined : route,
      'http.response.status_code': status,
      'sampan.request_id': facts.requestId,
      ...(isGeneration && {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': 'sampan',
        'gen_ai.request.model': model,
        'gen_ai.response.model': model,
        'gen_ai.response.finish_reasons': record.finishReasons,
        'gen_ai.usage.input_tokens': record.promptTokens,
        'gen_ai.usage.output_tokens': record.completionTokens,
        'gen_ai.server.time_to_first_token': record.ttftMs && record.ttftMs / 1000,
      }),
    }),
    status: { code: status >= 500 ? statusError : statusUnset },
  };
}

type Value = string | number | readonly string[] | undefined;

function attributesOf(values: Readonly<Record<string, Value>>): Attribute[] {
  return Object.entries(values)
    .filter((entry): entry is [string, Exclude<Value, undefined>] => entry[1] !== undefined)
    .map(([key, value]) => ({ key, value: attributeValue(value) }));
}

/** 64 bit integers are strings in JSON. */
function attributeValue(value: Exclude<Value, undefined>): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map((text) => ({ stringValue: text })) } };
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}
