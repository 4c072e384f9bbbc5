/** What every component may use, and the hooks to it. */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ServerAccess } from '../api/server-access.ts';
import type { Archive } from '../state/archive.ts';
import type { Chat } from '../state/chat.ts';
import type { Connection } from '../state/connection.ts';
import type { Notices } from '../state/notices.ts';
import type { SettingsStore } from '../state/settings.ts';
import type { Store } from '../state/store.ts';
import type { Dictionary } from '../text/en.ts';
import { dictionaries } from '../text/language.ts';

export interface App {
  readonly access: ServerAccess;
  readonly archive: Archive;
  readonly chat: Chat;
  readonly connection: Connection;
  readonly notices: Notices;
  readonly settings: SettingsStore;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  return useContext(AppContext) as App;
}

/** What `select` picks of a store; the component is drawn again when that changes. */
export function useStore<State, Picked>(
  store: Store<State>,
  select: (state: State) => Picked,
): Picked {
  const picked = select(store.get());
  const [, redraw] = useState<Picked>(picked);
  const latest = useRef(select);
  latest.current = select;
  useLayoutEffect(() => {
    const look = () => redraw(() => latest.current(store.get()));
    look(); // it may have changed between drawing and now
    return store.subscribe(look);
  }, [store]);
  return picked;
}

export function useWords(): Dictionary {
  return dictionaries[useStore(useApp().settings, ({ language }) => language)];
}
