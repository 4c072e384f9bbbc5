/** A dot that says whether the server is there, and what it runs on; pressed, it says more. */
import type { ModelStatus } from '../api/server-status.ts';
import { useApp, useWords } from './app-context.ts';
import { ServerPanel, serverPanelId } from './server-panel.tsx';
import { useStore } from './use-store.ts';

export function ServerButton() {
  const { server: words } = useWords();
  const { connection } = useApp();
  const { kind, status } = useStore(connection, (state) => state);
  const [running, waiting] = totalLoad(status?.models ?? []);
  const device = status?.models.find((model) => model.device !== undefined)?.device;
  return (
    <>
      <button
        type="button"
        class={`server ${kind}`}
        popovertarget={serverPanelId}
        title={words.show}
        aria-label={`${words.show}: ${kind === 'online' ? words.online : words.offline}`}
      >
        <span class="dot" />
        <span class="wide-only">
          {device?.kind ?? words.title}
          {running + waiting > 0 && ` · ${words.load(running, waiting)}`}
        </span>
      </button>
      <ServerPanel />
    </>
  );
}

function totalLoad(models: readonly ModelStatus[]): [running: number, waiting: number] {
  const sum = (pick: (load: NonNullable<ModelStatus['load']>) => number) =>
    models.reduce((total, { load }) => total + (load === undefined ? 0 : pick(load)), 0);
  return [sum((load) => load.running), sum((load) => load.waiting)];
}
