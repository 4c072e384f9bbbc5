import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { RequestRecord } from './request-record.ts';
import { tracesFrom } from './traces-from.ts';

const toClose: (() => void)[] = [];
afterEach(() => {
  for (const close of toClose.splice(0)) close();
});

interface Posted {
  readonly path: string | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: { resourceSpans: { resource: unknown; scopeSpans: { spans: Span[] }[] }[] };
}
type Span = Record<string, unknown> & { attributes: { key: string; value: unknown }[] };

/** A collector that keeps what it is sent. */
async function collector(status = 200) {
  const posts: Posted[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    posts.push({ path: request.url, headers: request.headers, body: JSON.parse(text) });
    response.writeHead(status).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  toClose.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spans = () => posts.flatMap(({ body }) => body.resourceSpans[0].scopeSpans[0].spans);
  return { url, posts, spans };
}

function tracesTo(endpoint: string, env: Record<string, string> = {}) {
  const dropped: [number, string][] = [];
  const { traces } = tracesFrom(
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
    '1.2.3',
    (count, reason) => dropped.push([count, reason]),
  );
  if (traces === undefined) throw new Error('no traces');
  return { traces, dropped };
}

function chatRecord(): RequestRecord {
  const record = new RequestRecord();
  Object.assign(record, { model: 'nano', operation: 'chat', status: 200 });
  Object.assign(record, { promptTokens: 12, completionTokens: 34, ttftMs: 5.5 });
  record.finishReasons.push('stop');
  return record;
}
const facts = { method: 'POST', route: '/v1/chat/completions', requestId: 'r-1' };

test('a reply as a span, with the GenAI conventions, under the caller’s trace', async () => {
  const { url, posts, spans } = await collector();
  const { traces, dropped } = tracesTo(url, { OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20b,x=1' });
  const [trace, parent] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  traces.begin(`00-${trace}-${parent}-01`)?.end({ record: chatRecord(), ...facts });
  await traces.flush();
  expect(posts[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-team': 'a b', x: '1' } });
  const [span] = spans();
  expect(span).toMatchObject({
    ...{ traceId: trace, parentSpanId: parent, spanId: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ...{ name: 'chat nano', kind: 2, status: { code: 0 } },
  });
  const values = Object.fromEntries(span.attributes.map(({ key, value }) => [key, value]));
  expect(values).toMatchObject({
    'gen_ai.operation.name': { stringValue: 'chat' },
    'gen_ai.request.model': { stringValue: 'nano' },
    'gen_ai.usage.input_tokens': { intValue: '12' },
    'gen_ai.usage.output_tokens': { intValue: '34' },
    'gen_ai.response.finish_reasons': { arrayValue: { values: [{ stringValue: 'stop' }] } },
    'http.response.status_code': { intValue: '200' },
  });
  const [start, end] = [span.startTimeUnixNano, span.endTimeUnixNano].map((t) => BigInt(String(t)));
  expect(end >= start && start > 1_600_000_000_000_000_000n).toBe(true);
  expect(dropped).toEqual([]);
});

test('a trace that the caller does not keep is not kept; a broken header begins a new one', async () => {
  const { url, spans } = await collector();
  const { traces } = tracesTo(url);
  const flags = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
  expect(traces.begin(flags)).toBeUndefined();
  const zero = `00-${'0'.repeat(32)}-b7ad6b7169203331-01`;
  for (const header of [undefined, 'x', zero]) {
    traces.begin(header)?.end({ record: new RequestRecord(), ...facts });
  }
  await traces.flush();
  expect(spans()).toHaveLength(3);
  for (const span of spans()) expect(span).not.toHaveProperty('parentSpanId');
});

test('a collector that refuses or is not there costs spans, nothing else', async () => {
  const refusing = tracesTo((await collector(503)).url);
  refusing.traces.begin(undefined)?.end({ record: chatRecord(), ...facts });
  await refusing.traces.flush();
  expect(refusing.dropped).toEqual([[1, 'status 503']]);

  const absent = tracesTo('http://127.0.0.1:1');
  absent.traces.begin(undefined)?.end({ record: chatRecord(), ...facts });
  await absent.traces.flush();
  expect(absent.dropped).toEqual([[1, expect.any(String)]]);
});

test('without an endpoint there are no traces', () => {
  expect(tracesFrom({}, '1', () => {})).toEqual({});
});
