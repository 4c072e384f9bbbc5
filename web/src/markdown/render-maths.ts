/**
 * Draws the maths of an element with KaTeX, which is fetched from the server when the first formula
 * comes. Until then, and where TeX is wrong, the source is shown.
 */
import type Katex from 'katex';
import type { KatexOptions } from 'katex';

const limits: KatexOptions = {
  throwOnError: false,
  strict: 'ignore',
  trust: false,
  maxSize: 20,
  maxExpand: 500,
};
/** Longer than any formula that is read. */
const maxTexLength = 4000;

let katex: Promise<typeof Katex> | undefined;
let loaded: typeof Katex | undefined;

export function renderMaths(root: ParentNode): void {
  const places = [...root.querySelectorAll<HTMLElement>('[data-tex]')];
  if (places.length === 0) return;
  if (loaded !== undefined) {
    drawAll(loaded, places);
    return;
  }
  katex ??= Promise.all([import('katex'), import('katex/dist/katex.min.css')]).then(
    ([module]) => module.default,
  );
  katex.then(
    (it) => {
      loaded = it;
      drawAll(it, places);
    },
    () => {
      katex = undefined; // the server is gone: the source stays, the next formula tries again
    },
  );
}

function drawAll(it: typeof Katex, places: readonly HTMLElement[]): void {
  for (const place of places) {
    const tex = place.dataset.tex ?? '';
    if (tex.length > maxTexLength) continue;
    try {
      it.render(tex, place, { ...limits, displayMode: place.dataset.display === '1' });
    } catch {
      place.textContent = tex;
    }
  }
}
