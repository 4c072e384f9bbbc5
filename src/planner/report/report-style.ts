/** The report's style sheet: light or dark as its reader has it, and made to be printed too. */
import { pageStyle } from '../charts/chart-style.ts';

export const reportStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1f2328, #f0f6fc); --quiet: light-dark(#59636e, #9198a1);
  --paper: light-dark(#ffffff, #14191c); --line: light-dark(#d1d9e0, #3d444d); --link: light-dark(#1d6f77, #74c4c3) }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, Segoe UI, sans-serif; overflow-wrap: break-word }
h1 { font-size: 1.6rem; margin: 0 0 0.3rem } h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem } h3 { font-size: 1.05rem; margin: 1.6rem 0 0.4rem }
h4 { font-size: 0.95rem; margin: 1rem 0 0.3rem } p, ul, ol { margin: 0.4rem 0 } a { color: var(--link) }
.quiet { color: var(--quiet) } .answer { font-size: 1.1rem } .small { font-size: 0.85rem }
.frame { overflow-x: auto } table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { color: var(--quiet); font-weight: 500; white-space: nowrap } td.number, td.wide { white-space: nowrap } td.layout { min-width: 8rem; overflow-wrap: anywhere } td small { display: block; color: var(--quiet) }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 1.2rem; margin: 0.5rem 0 } dt { color: var(--quiet) } dd { margin: 0 }
.badge { display: inline-block; min-width: 1.4em; padding: 0 0.3em; border: 1px solid var(--line); border-radius: 4px; text-align: center; font-weight: 600 }
.grade-A { color: light-dark(#1a7f37, #3fb950) } .grade-B { color: light-dark(#9a6700, #d29922) } .grade-C { color: light-dark(#a33b2a, #f0a08f) }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem } section.chip { border-top: 1px solid var(--line); margin-top: 1.5rem }
@media print { :root { color-scheme: light } body { max-width: none; padding: 0 } section.chip { break-inside: avoid-page } }
${pageStyle}`;
