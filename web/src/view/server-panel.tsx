/** What the server is doing: device, load, memory and speed of each model that is loaded. */
import type { ModelStatus } from '../api/server-status.ts';
import { useApp, useWords } from './app-context.ts';
import { formatSpeed } from './format-figures.ts';
import { Sparkline } from './sparkline.tsx';
import { useStore } from './use-store.ts';

export const serverPanelId = 'server-panel';

export function ServerPanel() {
  const { server: words } = useWords();
  const { connection, settings } = useApp();
  const { kind, status, speeds } = useStore(connection, (state) => state);
  const language = useStore(settings, (state) => state.language);
  return (
    <section id={serverPanelId} class="panel" popover="auto" aria-label={words.title}>
      <h2>
        {words.title}
        <span class={`server ${kind}`}>
          <span class="dot" /> {kind === 'online' ? words.online : words.offline}
        </span>
      </h2>
      {status?.models.map((model) => (
        <ModelFigures key={model.name} model={model} />
      ))}
      {speeds.length > 1 && (
        <div class="speeds">
          <span class="faint">{words.speed}</span>
          <Sparkline values={speeds} label={words.speed} width={240} height={40} />
          <strong>{formatSpeed(language, speeds.at(-1) as number)}</strong>
        </div>
      )}
      {status !== undefined && <p class="faint">Sampan {status.version.slice(0, 40)}</p>}
    </section>
  );
}

function ModelFigures({ model: { name, state, device, load } }: { readonly model: ModelStatus }) {
  const { server: words } = useWords();
  return (
    <dl>
      <dt>{words.model}</dt>
      <dd>
        {name}
        {state !== 'ready' && <span class="faint"> ({state})</span>}
      </dd>
      {device !== undefined && (
        <>
          <dt>{words.device}</dt>
          <dd>{words.deviceValue(device.kind, device.threads)}</dd>
        </>
      )}
      {load !== undefined && (
        <>
          <dt>{words.running}</dt>
          <dd>{load.running}</dd>
          <dt>{words.waiting}</dt>
          <dd>{load.waiting}</dd>
          <dt>{words.kv}</dt>
          <dd>
            <meter min={0} max={1} value={load.kvUsage} aria-label={words.kv} />{' '}
            {Math.round(load.kvUsage * 100)} %
          </dd>
        </>
      )}
    </dl>
  );
}
