/** Many requests at once share the steps of the model; each gets the answer it would get alone. */
import { load } from 'sampan';

await using model = await load('nano');
const questions = ['What is 12 + 30?', '9.9 和 9.11 哪个更大？', 'How many r in strawberry?'];

async function ask(content: string): Promise<string> {
  let answer = '';
  for await (const piece of model.chat([{ role: 'user', content }], { temperature: 0 })) {
    if (piece.type === 'text') answer += piece.text;
  }
  return answer.trim();
}

for (const answer of await Promise.all(questions.map(ask))) console.log(answer);
