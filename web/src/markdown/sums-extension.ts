/** 8*1*3, (2+3)*(4+5)*2 and 2**3**2 are sums: between numbers and brackets a star is no emphasis. */
import type { MarkedExtension, Tokens } from 'marked';
import { escapeHtml } from './escape-html.ts';

const star = /[\d)\]]\*{1,2}(?=[\d([-])/;
const starHere = new RegExp(`^${star.source}`);

export const sumsExtension: MarkedExtension = {
  extensions: [
    {
      name: 'sum',
      level: 'inline',
      start: (source) => star.exec(source)?.index,
      tokenizer(source) {
        const raw = starHere.exec(source)?.[0];
        return raw === undefined ? undefined : { type: 'sum', raw, text: raw };
      },
      renderer: ({ text }: Tokens.Generic) => escapeHtml(text),
    },
  ],
};
