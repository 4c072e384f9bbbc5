/** A question, its thinking and its answer, as they come. */
import { load } from 'sampan';

await using model = await load('nano');
const messages = [{ role: 'user', content: 'What is 37 * 48?' }] as const;
for await (const piece of model.chat(messages, { temperature: 0 })) {
  if (piece.type === 'reasoning') process.stderr.write(piece.text);
  if (piece.type === 'text') process.stdout.write(piece.text);
}
