/** Clients that all begin at once, each with its requests one after the other: tokens/s and TTFT. */
import assert from 'node:assert/strict';
import { randomPrompt } from '../prompts.ts';
import type { ServeRow } from './rows.ts';

export interface Measured {
  /** Of all clients together, prompts not counted. */
  readonly tokensPerSecond: number;
  readonly ttftMs: readonly number[];
}

export async function measureClients(url: string, row: ServeRow, seed: number): Promise<Measured> {
  const { shape, numClients, requestsPerClient, promptTokens, newTokens } = row;
  const ttftMs: number[] = [];
  const begun = performance.now();
  const client = async (index: number) => {
    for (let i = 0; i < requestsPerClient; i++) {
      // Never the same prompt twice: no cache helps anyone.
      const number = (seed * numClients + index) * requestsPerClient + i;
      const prompt = randomPrompt(shape, promptTokens, number + 1);
      ttftMs.push(await request(url, prompt, newTokens));
    }
  };
  await Promise.all(Array.from({ length: numClients }, (_, index) => client(index)));
  const seconds = (performance.now() - begun) / 1000;
  return { tokensPerSecond: (numClients * requestsPerClient * newTokens) / seconds, ttftMs };
}

/** Resolves to milliseconds to the first text, when exactly the tokens asked for have come. */
async function request(url: string, prompt: number[], newTokens: number): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ prompt, max_tokens: newTokens, temperature: 0 },
      ...{ stream: true, stream_options: { include_usage: true } },
    }),
  });
  assert.equal(response.status, 200);
  let firstMs: number | undefined;
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes('"text"')) firstMs ??= performance.now() - begun;
  }
  const written = Number(/"completion_tokens":(\d+)/.exec(text)?.[1]);
  assert(firstMs !== undefined && text.includes('data: [DONE]'), 'the stream is not whole');
  assert.equal(written, newTokens, 'another number of tokens than asked for');
  return firstMs;
}
