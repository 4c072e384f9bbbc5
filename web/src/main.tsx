/** Puts the page together and shows it. */
import './style/index.css';
import { render } from 'preact';
import type { ServerAccess } from './api/server-access.ts';
import { Archive } from './state/archive.ts';
import { Chat } from './state/chat.ts';
import { Connection } from './state/connection.ts';
import type { Answer } from './state/conversation.ts';
import { openDatabase } from './state/database.ts';
import { Notices } from './state/notices.ts';
import { SettingsStore } from './state/settings.ts';
import { dictionaries } from './text/dictionaries.ts';
import { AppContext } from './view/app-context.ts';
import { explain } from './view/ending-note.tsx';
import { Page } from './view/page.tsx';

const settings = new SettingsStore(
  () => localStorage,
  () => sessionStorage,
  navigator.languages,
);
document.documentElement.dataset.theme = settings.get().theme;

const access: ServerAccess = { apiKey: () => settings.get().apiKey };
const archive = new Archive(new BroadcastChannel('sampan.conversations'));
const connection = new Connection(access);
const notices = new Notices();
const chat = new Chat({
  ...{ access, archive, connection, settings },
  onFrame,
  now: () => performance.now(),
  onEnd: speakAnswer,
});

const place = document.getElementById('app') as HTMLElement;
const app = { access, archive, chat, connection, notices, settings };
render(
  <AppContext.Provider value={app}>
    <Page />
  </AppContext.Provider>,
  place,
);

void archive.load(openDatabase, location.hash.slice(1));
void connection.check();

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void connection.check();
  else {
    connection.pause();
    void archive.save();
  }
});
addEventListener('online', () => void connection.check());
addEventListener('hashchange', () => {
  const id = location.hash.slice(1);
  if (archive.find(id) !== undefined) archive.open(id);
});

/** A page that is not seen draws nothing, but its answer goes on and is kept. */
function onFrame(callback: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(callback);
  else setTimeout(callback, 250);
}

/** The whole answer once it is there: token by token a screen reader would never be done. */
function speakAnswer(answer: Answer): void {
  const words = dictionaries[settings.get().language];
  const sentences = [answer.text.trim(), explain(words, answer)].filter(Boolean);
  notices.speak(`${words.chat.model}: ${sentences.join(' ')}`);
}
