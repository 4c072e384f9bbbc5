/**
 * `node thin-server.ts <file> <threads> <sequences> <contextTokens>`: node-llama-cpp behind the
 * thinnest HTTP server there can be: tokens in, one server-sent event a token out, as many requests
 * at once as there are sequences, others wait. It checks nothing. Prints its URL when it listens.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from 'node-llama-cpp';

const [file = '', threads, sequences, contextSize] = process.argv.slice(2);

const llama = await getLlama({
  ...{ gpu: false, build: 'never', skipDownload: true, progressLogs: false },
  ...{ maxThreads: 0, logLevel: LlamaLogLevel.error },
});
const unchecked = { ignoreMemorySafetyChecks: true } as const;
const model = await llama.loadModel({ modelPath: file, gpuLayers: 0, ...unchecked });
const context = await model.createContext({
  ...{ contextSize: Number(contextSize), sequences: Number(sequences), batchSize: 512 },
  ...{ threads: Number(threads), flashAttention: true, ...unchecked },
});
const free = Array.from({ length: Number(sequences) }, () => context.getSequence());
const waiting: ((sequence: LlamaContextSequence) => void)[] = [];

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { prompt, max_tokens: newTokens } = JSON.parse(text);
  const sequence = free.pop() ?? (await new Promise<LlamaContextSequence>((r) => waiting.push(r)));
  try {
    await answer(sequence, prompt, newTokens, response);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(sequence);
    else next(sequence);
  }
});

async function answer(
  sequence: LlamaContextSequence,
  prompt: Token[],
  newTokens: number,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // What an earlier prompt has in common with this one stays; the last token gives the logits.
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  const rest = prompt.slice(sequence.nextTokenIndex);
  let written = 0;
  for await (const token of sequence.evaluate(rest, { temperature: 0, yieldEogToken: true })) {
    const choice = { index: 0, text: model.detokenize([token]), finish_reason: null };
    response.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
    if (++written === newTokens) break;
  }
  const usage = { completion_tokens: written };
  response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
}

process.on('SIGTERM', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
