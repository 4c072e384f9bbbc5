/** What shown Markdown needs beyond its HTML: copy buttons, tables that scroll, links that leave. */
import type { Dictionary } from '../text/en.ts';
import { renderMaths } from './render-maths.ts';

export function decorate(fragment: DocumentFragment, words: Dictionary): DocumentFragment {
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  for (const pre of fragment.querySelectorAll('pre')) pre.replaceWith(codeBlock(pre, words));
  for (const table of fragment.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table-frame';
    frame.tabIndex = 0; // so that it can be scrolled with the keyboard
    frame.role = 'region';
    frame.ariaLabel = words.chat.table;
    table.replaceWith(frame);
    frame.append(table);
  }
  renderMaths(fragment);
  return fragment;
}

function codeBlock(pre: HTMLPreElement, words: Dictionary): HTMLElement {
  const figure = document.createElement('figure');
  figure.className = 'code';
  const bar = document.createElement('figcaption');
  const language = document.createElement('span');
  language.textContent = pre.dataset.language ?? '';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = words.chat.copy;
  button.ariaLabel = words.chat.copyCode;
  const code = pre.textContent ?? '';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code).catch(() => selectAll(pre));
    button.textContent = words.chat.copied;
    setTimeout(() => {
      button.textContent = words.chat.copy;
    }, 1500);
  });
  bar.append(language, button);
  const copy = pre.cloneNode(true) as HTMLPreElement;
  copy.tabIndex = 0;
  figure.append(bar, copy);
  return figure;
}

/** Where the clipboard is closed (a page that is not on this machine and not https). */
function selectAll(element: HTMLElement): void {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}
