/** Puts the plan page together and shows it: state from the address, answers from the worker. */
import './style/index.css';
import { render } from 'preact';
import { pageStyle } from '../../../src/planner/charts/chart-style.ts';
import { SettingsStore } from '../state/settings.ts';
import { Store } from '../state/store.ts';
import { openWorker } from './open-worker.ts';
import { chipsTable, modelsTable } from './planner.ts';
import { parseAddress, printAddress } from './state/plan-address.ts';
import { PlanRunner } from './state/plan-runner.ts';
import { type PlanState, questionOf } from './state/plan-state.ts';
import { PlanContext } from './view/plan-context.ts';
import { PlanPage } from './view/plan-page.tsx';

/** Browsers refuse more than a hundred changes of the address in half a minute. */
const addressDelayMs = 300;

const settings = new SettingsStore(
  () => localStorage,
  () => sessionStorage,
  navigator.languages,
);
document.documentElement.dataset.theme = settings.get().theme;
// The charts' own sheet, the same as in files; the page's policy allows no inline one.
const sheet = new CSSStyleSheet();
sheet.replaceSync(pageStyle);
document.adoptedStyleSheets.push(sheet);

const { state: first, complaints } = parseAddress(location.search, {
  models: modelsTable.map(({ id }) => id),
  chips: chipsTable.map(({ id }) => id),
});
const state = new Store<PlanState>(first);
const runner = new PlanRunner(openWorker());

let asked = '';
let timer: ReturnType<typeof setTimeout> | undefined;
state.subscribe(() => {
  ask();
  clearTimeout(timer);
  timer = setTimeout(keepAddress, addressDelayMs);
});
addEventListener('pagehide', keepAddress);
ask();
if (complaints.length > 0) keepAddress();

render(
  <PlanContext.Provider value={{ settings, state, runner }}>
    <PlanPage complaints={complaints} />
  </PlanContext.Provider>,
  document.getElementById('app') as HTMLElement,
);

/** Once for each question: how the answer is looked at is no part of it. */
function ask(): void {
  const question = questionOf(state.get());
  const text = JSON.stringify(question);
  if (text === asked) return;
  asked = text;
  runner.ask(question);
}

function keepAddress(): void {
  clearTimeout(timer);
  history.replaceState(null, '', `?${printAddress(state.get())}`);
}
