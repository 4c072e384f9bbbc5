/**
 * `node test/golden/nano/make-held-out-replies.ts`: thinking and answers of nano on 300 of its
 * held-out problems, the last 50 at temperature 2, into held-out-replies.json: real text in which
 * the loop detector must see no loop.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { heldOutProblemsPath, readProblems } from '../../../src/cli/scale/problems.ts';
import { load } from '../../../src/index.ts';

await using model = await load('nano');
const problems = readProblems(heldOutProblemsPath()).slice(0, 300);
const replies = await Promise.all(
  problems.map(async ({ question }, seed) => {
    const hot = seed < 250 ? {} : { temperature: 2, topP: 1 };
    const texts = { reasoning: '', text: '' };
    const reply = model.chat([{ role: 'user', content: question }], { seed, ...hot });
    for await (const piece of reply) {
      if (piece.type === 'text' || piece.type === 'reasoning') texts[piece.type] += piece.text;
    }
    return `${texts.reasoning}\n${texts.text}`;
  }),
);
const file = path.join(import.meta.dirname, 'held-out-replies.json');
writeFileSync(file, `${JSON.stringify(replies, null, 1)}\n`);
