/** What every component of the plan page may use, and the hooks to it. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { SettingsStore } from '../../state/settings.ts';
import type { Store } from '../../state/store.ts';
import type { Language } from '../../text/language.ts';
import { useStore } from '../../view/use-store.ts';
import type { PlanRunner } from '../state/plan-runner.ts';
import type { PlanState } from '../state/plan-state.ts';
import type { PlanWords } from '../text/en.ts';
import { planWords } from '../text/plan-words.ts';

export interface PlanApp {
  readonly settings: SettingsStore;
  readonly state: Store<PlanState>;
  readonly runner: PlanRunner;
}

export const PlanContext = createContext<PlanApp | undefined>(undefined);

export function usePlanApp(): PlanApp {
  return useContext(PlanContext) as PlanApp;
}

export function useLanguage(): Language {
  return useStore(usePlanApp().settings, ({ language }) => language);
}

export function usePlanWords(): PlanWords {
  return planWords[useLanguage()];
}

/** The state, and a way to change some of it. */
export function usePlanState(): [PlanState, (change: Partial<PlanState>) => void] {
  const { state } = usePlanApp();
  return [useStore(state, (it) => it), (change) => state.merge(change)];
}
