/**
 * Many clients of a server at once: most read their stream, some leave in the middle, some read
 * slowly, some send what is no request. Whatever arrives is held against the reply that the same
 * question gets alone.
 */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { greedyReply } from './open-server.ts';
import { type ChatEvent, chatEvents } from './read-events.ts';

const questions = [
  'What is 37 * 48?',
  'What is 3+4?',
  '9.9 và 9.11, số nào lớn hơn?',
  'strawberry里有几个r？',
  'What is 250 + 137?',
  'How many r in strawberry?',
  'What is 48 * 37?',
  'What is 812 - 345?',
];
export interface LoadPlan {
  readonly url: string;
  readonly numClients: number;
  readonly seed: number;
  /** Longest replies, one of them for each request. */
  readonly maxTokensOf: readonly number[];
  /** Asked before each request. */
  goesOn(numSent: number): boolean;
}

export interface LoadResult {
  sent: number;
  complete: number;
  left: number;
  malformed: number;
  completionTokens: number;
  readonly ttftMs: number[];
  readonly tpotMs: number[];
  /** Lost or mixed-up text, wrong statuses: what must not be. */
  readonly wrong: string[];
}

export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const { url, numClients, seed, maxTokensOf, goesOn } = plan;
  const alone = new Map<string, string>();
  for (const question of questions) {
    for (const maxTokens of maxTokensOf) {
      alone.set(`${maxTokens} ${question}`, await greedyReply(url, { question, maxTokens }));
    }
  }
  const result: LoadResult = {
    ...{ sent: 0, complete: 0, left: 0, malformed: 0, completionTokens: 0 },
    ...{ ttftMs: [], tpotMs: [], wrong: [] },
  };
  const client = async (index: number) => {
    const random = mulberry32(seed * 1009 + index);
    while (goesOn(result.sent)) {
      result.sent++;
      try {
        await oneRequest(plan, random, alone, result);
      } catch (cause) {
        result.wrong.push(String((cause as Error).stack));
      }
    }
  };
  await Promise.all(Array.from({ length: numClients }, (_, index) => client(index)));
  return result;
}

async function oneRequest(
  { url, maxTokensOf }: LoadPlan,
  random: () => number,
  alone: ReadonlyMap<string, string>,
  result: LoadResult,
): Promise<void> {
  const question = questions[Math.floor(random() * questions.length)] as string;
  const maxTokens = maxTokensOf[Math.floor(random() * maxTokensOf.length)] as number;
  const expected = alone.get(`${maxTokens} ${question}`) as string;
  const how = random();
  if (how < 0.08) return malformed(url, random, result);
  const leavesAfter = how < 0.28 ? Math.floor(random() * 40) : Number.POSITIVE_INFINITY;
  const pauseMs = how > 0.9 ? random() * 30 : 0;

  const controller = new AbortController();
  const sentAt = performance.now();
  let [first, last] = [0, 0];
  let numEvents = 0;
  const text = new ReplyText();
  const response = await post(url, chatBody(question, maxTokens), controller.signal);
  assert.equal(response.status, 200);
  for await (const event of chatEvents(response)) {
    if (text.add(event)) {
      last = performance.now();
      first ||= last;
    }
    if (event.completionTokens !== undefined) {
      result.completionTokens += event.completionTokens;
      if (event.completionTokens > 1) {
        result.tpotMs.push((last - first) / (event.completionTokens - 1));
      }
    }
    if (++numEvents > leavesAfter) break;
    if (pauseMs > 0) await wait(pauseMs);
  }
  controller.abort();
  if (first > 0) result.ttftMs.push(first - sentAt);
  if (numEvents > leavesAfter) {
    result.left++;
    assert(text.isPartOf(expected), `${question}: ${text.whole} is not how ${expected} begins`);
    return;
  }
  assert.equal(text.whole, expected, question);
  result.complete++;
}

/** Thinking and answer as `greedyReply` writes them, while they arrive. */
class ReplyText {
  #reasoning = '';
  #content = '';

  get whole(): string {
    return `${this.#reasoning}\n---\n${this.#content}`;
  }

  /** Whether it brought any. */
  add({ reasoning, content }: ChatEvent): boolean {
    this.#reasoning += reasoning;
    this.#content += content;
    return reasoning !== '' || content !== '';
  }

  isPartOf(expected: string): boolean {
    return expected.startsWith(this.#content === '' ? this.#reasoning : this.whole);
  }
}

async function malformed(url: string, random: () => number, result: LoadResult): Promise<void> {
  const bodies = ['{', '[]', '{"messages":3}', '{"model":"none","messages":[]}'];
  const response = await post(url, bodies[Math.floor(random() * bodies.length)] as string);
  await response.text();
  assert([400, 404].includes(response.status), `a malformed body got ${response.status}`);
  result.malformed++;
}

function chatBody(question: string, maxTokens: number): string {
  return JSON.stringify({
    messages: [{ role: 'user', content: question }],
    ...{ model: 'nano', temperature: 0, max_tokens: maxTokens },
    ...{ stream: true, stream_options: { include_usage: true } },
  });
}

function post(url: string, body: string, signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body,
    signal: signal ?? null,
  });
}
