/**
 * The pages' build: web/ → web/dist, every reference relative, nothing fetched from elsewhere. The
 * chat and the plan are entries of their own: the chat loads nothing of the planner.
 * KaTeX's fonts are kept as woff2 only; every browser that runs the page reads those.
 */
import path from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const onlyWoff2: Plugin = {
  name: 'sampan:only-woff2',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('.css') || !id.includes('katex')) return null;
    return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, '');
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: path.join(import.meta.dirname, 'public'),
  plugins: [onlyWoff2],
  worker: { format: 'es' },
  build: {
    outDir: path.join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    // Since 2024 in every browser: light-dark(), popover, dialog, inert.
    target: ['chrome123', 'edge123', 'firefox125', 'safari17.5'],
    rolldownOptions: {
      input: ['index.html', 'plan.html'].map((name) => path.join(import.meta.dirname, name)),
    },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
