/** What every component may use, and the hooks to it. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ServerAccess } from '../api/server-access.ts';
import type { Archive } from '../state/archive.ts';
import type { Chat } from '../state/chat.ts';
import type { Connection } from '../state/connection.ts';
import type { Notices } from '../state/notices.ts';
import type { SettingsStore } from '../state/settings.ts';
import { dictionaries } from '../text/dictionaries.ts';
import type { Dictionary } from '../text/en.ts';
import { useStore } from './use-store.ts';

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

export function useWords(): Dictionary {
  return dictionaries[useStore(useApp().settings, ({ language }) => language)];
}
