/**
 * Markdown → HTML, block by block, so that a long answer is not made anew with every token. HTML in
 * the text stays text, and pictures become links: the page loads nothing from elsewhere. The result
 * is still sanitised before it is shown.
 */
import { Marked, type Tokens } from 'marked';
import { escapeHtml } from './escape-html.ts';
import { mathsExtension } from './maths-extension.ts';
import { sumsExtension } from './sums-extension.ts';

export interface Block {
  /** Its source: two blocks of the same source look the same. */
  readonly raw: string;
  readonly html: string;
}

const marked = new Marked({ gfm: true, breaks: true });
marked.use(mathsExtension, sumsExtension, {
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    code({ text, lang }: Tokens.Code) {
      const language = /^[\w+#.-]{1,20}/.exec(lang ?? '')?.[0] ?? '';
      return `<pre data-language="${language}"><code>${escapeHtml(text)}</code></pre>`;
    },
  },
});

/** Past this a text is shown as it is: parsing it for every frame would stand in the way. */
const maxLength = 400_000;

export function parseMarkdown(source: string, made: ReadonlyMap<string, Block>): Block[] {
  if (source.length > maxLength) return asText(source);
  try {
    return blocksOf(source, made);
  } catch {
    return asText(source); // nested deeper than the parser can follow
  }
}

function asText(source: string): Block[] {
  return [{ raw: source, html: `<p>${escapeHtml(source)}</p>` }];
}

function blocksOf(source: string, made: ReadonlyMap<string, Block>): Block[] {
  const tokens = marked.lexer(source);
  const blocks: Block[] = [];
  for (const token of tokens) {
    if (token.type === 'space' || token.type === 'def') continue;
    const { raw } = token;
    // A link by reference depends on text elsewhere: only what stands for itself is used again.
    const known = raw.includes('[') ? undefined : made.get(raw);
    blocks.push(known ?? { raw, html: marked.parser([token]) });
  }
  return blocks;
}
