/** A question, its thinking and its answer, as they come. */
import { load } from 'sampan';

await using model = await load('nano');
const messages = [{ role: 'user', content: 'What is 37 * 48?' }] as const;
for await (const { type, text } of model.chat(messages, { temperature: 0 })) {
  (type === 'reasoning' ? process.stderr : process.stdout).write(text);
}
