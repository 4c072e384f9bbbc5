/** The other process of kv-disk.test.ts: one reply of nano, with what the folder has. */
import { load } from '../../src/index.ts';

const [folder, device, prompt] = process.argv.slice(2) as [string, 'native' | 'wasm', string];
const options = { contextTokens: 128, maxSequences: 1, kvDisk: { folder, minTokens: 32 } };
const model = await load('nano', { ...options, device });
const reply = model.generate(JSON.parse(prompt), {
  ...{ temperature: 0, maxTokens: 4, ignoreEos: true },
});
let text = '';
for await (const piece of reply) text += piece;
const { cachedTokens } = await reply.summary;
await model.close();
console.log(JSON.stringify({ text, cachedTokens }));
