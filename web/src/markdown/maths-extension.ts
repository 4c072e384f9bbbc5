/**
 * Maths in Markdown: $…$, $$…$$, \(…\) and \[…\] become elements that carry their TeX; render-maths
 * draws it. A dollar sign in front of a space, or with a digit after the closing one, is money.
 */
import type { MarkedExtension, RendererExtension, TokenizerExtension, Tokens } from 'marked';
import { escapeHtml } from './escape-html.ts';

const inlineForms = [
  /^\$\$((?:\\[\s\S]|[^\\$])+?)\$\$/,
  /^\$(?![\s$])((?:\\.|[^\\$\n])*?(?:\\.|[^\\$\n\s]))\$(?![\d$])/,
  /^\\\(([\s\S]+?)\\\)/,
  /^\\\[([\s\S]+?)\\\]/,
];
const blockForms = [
  /^ {0,3}\$\$([\s\S]+?)\$\$[ \t]*(?:\n|$)/,
  /^ {0,3}\\\[([\s\S]+?)\\\][ \t]*(?:\n|$)/,
];
const isDisplay = /^\s*(?:\$\$|\\\[)/;

export const mathsExtension: MarkedExtension = {
  extensions: [
    form('maths', 'inline', inlineForms, /\$|\\[([]/),
    form('mathsBlock', 'block', blockForms, /(?:^|\n) {0,3}(?:\$\$|\\\[)/),
  ],
};

function form(
  name: string,
  level: 'inline' | 'block',
  patterns: readonly RegExp[],
  begin: RegExp,
): TokenizerExtension & RendererExtension {
  return {
    name,
    level,
    start: (source) => begin.exec(source)?.index,
    tokenizer(source) {
      for (const pattern of patterns) {
        const found = pattern.exec(source);
        if (found === null) continue;
        const [raw, tex] = found as unknown as [string, string];
        return { type: name, raw, text: tex.trim(), display: isDisplay.test(raw) };
      }
      return undefined;
    },
    renderer(token: Tokens.Generic) {
      const tex = escapeHtml(token.text);
      const tag = level === 'block' ? 'div' : 'span';
      return `<${tag} data-tex="${tex}"${token.display ? ' data-display="1"' : ''}>${tex}</${tag}>`;
    },
  };
}
