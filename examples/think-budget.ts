/** A budget for thinking: at its end the model is led to its answer, softly. */
import { load } from 'sampan';

await using model = await load('nano');
for (const thinkTokens of [8, 512]) {
  const messages = [{ role: 'user', content: 'What is 48 * 37?' }] as const;
  const reply = model.chat(messages, { thinkTokens, temperature: 0 });
  let answer = '';
  for await (const piece of reply) if (piece.type === 'text') answer += piece.text;
  const { reasoningTokens } = await reply.summary;
  console.log(`${thinkTokens} allowed, ${reasoningTokens} used: ${answer.trim()}`);
}
