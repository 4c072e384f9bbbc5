/** What each page loads: the chat nothing of the planner, the plan nothing of the chat. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ensurePage, pageFolder } from '../../scripts/build-page.ts';

beforeAll(() => ensurePage(() => {}));

/** All scripts and sheets that a page loads before anybody does anything, as one text. */
function loadedBy(page: string): string {
  const html = readFileSync(path.join(pageFolder, page), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, name]) => name);
  const seen = new Map<string, string>();
  const follow = (name: string) => {
    if (seen.has(name)) return;
    const text = readFileSync(path.join(pageFolder, name), 'utf8');
    seen.set(name, text);
    for (const [, next] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
      follow(`assets/${next}`);
    }
  };
  for (const name of names) follow(name as string);
  return [...seen.values()].join('\n');
}

const foundIn = (text: string, words: readonly string[]) =>
  words.filter((word) => text.includes(word));

test('the chat does not grow by the planner', () => {
  const chat = loadedBy('index.html');
  expect(foundIn(chat, ['v1/chat/completions'])).toHaveLength(1);
  expect(foundIn(chat, ['Pareto', 'oofline', 'cache-hit', 'plan-page'])).toEqual([]);
});

test('the plan loads neither the chat nor its words', () => {
  const plan = loadedBy('plan.html');
  expect(foundIn(plan, ['Pareto'])).toHaveLength(1);
  const ofTheChat = ['v1/chat/completions', 'DOMPurify', 'katex', 'What shall we work out?'];
  expect(foundIn(plan, ofTheChat)).toEqual([]);
});
