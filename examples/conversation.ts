/** A conversation: the answer joins the messages, the thinking does not. */
import { type ChatMessage, load } from 'sampan';

await using model = await load('nano');
const messages: ChatMessage[] = [];
for (const question of ['What is 250 + 137?', 'And 387 - 38?']) {
  messages.push({ role: 'user', content: question });
  let answer = '';
  for await (const piece of model.chat(messages, { temperature: 0 })) {
    if (piece.type === 'text') answer += piece.text;
  }
  messages.push({ role: 'assistant', content: answer });
  console.log(question, answer.trim());
}
