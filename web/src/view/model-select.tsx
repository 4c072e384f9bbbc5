/** Which of the server's models answers. With one there is nothing to choose, and its name is text. */
import { useApp, useWords } from './app-context.ts';
import { useStore } from './use-store.ts';

export function ModelSelect() {
  const { settings: words } = useWords();
  const { connection, settings } = useApp();
  const models = useStore(connection, (state) => state.models);
  const chosen = useStore(settings, ({ model }) => model);
  if (models.length < 2) return <span class="model">{models[0] ?? ''}</span>;
  return (
    <select
      class="model"
      aria-label={words.model}
      value={models.includes(chosen) ? chosen : models[0]}
      onChange={(event) => settings.merge({ model: event.currentTarget.value })}
    >
      {models.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
