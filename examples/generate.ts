/** Continues a text as it is, without a chat template; the same seed gives the same text. */
import { load } from 'sampan';

await using model = await load('nano');
const reply = model.generate('12 + 30 =', { maxTokens: 24, seed: 1 });
for await (const text of reply) process.stdout.write(text);
const { completionTokens, finishReason } = await reply.summary;
console.log(`\n${completionTokens} tokens, finish reason: ${finishReason}`);
