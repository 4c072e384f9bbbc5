/** Markdown, block by block: a block that has not changed is not touched while others are written. */

import { memo } from 'preact/compat';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { decorate } from '../markdown/decorate.ts';
import { type Block, parseMarkdown } from '../markdown/parse-markdown.ts';
import { sanitise } from '../markdown/sanitise.ts';
import type { Dictionary } from '../text/en.ts';
import { useWords } from './app-context.ts';

export function MarkdownView({ source }: { readonly source: string }) {
  const words = useWords();
  const made = useRef<ReadonlyMap<string, Block>>(new Map());
  const blocks = parseMarkdown(source, made.current);
  made.current = new Map(blocks.map((block) => [block.raw, block]));
  return (
    <div class="markdown">
      {blocks.map(({ html }, index) => (
        <MarkdownBlock key={index} html={html} words={words} />
      ))}
    </div>
  );
}

interface MarkdownBlockProps {
  readonly html: string;
  readonly words: Dictionary;
}

const MarkdownBlock = memo(({ html, words }: MarkdownBlockProps) => {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.replaceChildren(decorate(sanitise(html), words));
  }, [html, words]);
  return <div ref={place} />;
});
