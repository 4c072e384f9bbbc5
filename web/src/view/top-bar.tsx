/** Above the conversation: the way to the others, the model, the server, the settings. */
import { useWords } from './app-context.ts';
import { IconButton } from './icon-button.tsx';
import { ModelSelect } from './model-select.tsx';
import { ServerButton } from './server-button.tsx';

interface TopBarProps {
  readonly onMenu: () => void;
  readonly onSettings: () => void;
}

export function TopBar({ onMenu, onSettings }: TopBarProps) {
  const words = useWords();
  return (
    <header class="top-bar">
      <IconButton
        icon="menu"
        label={words.conversations.open}
        class="narrow-only"
        onClick={onMenu}
      />
      <ModelSelect />
      <span class="space" />
      <ServerButton />
      <IconButton icon="settings" label={words.settings.title} onClick={onSettings} />
    </header>
  );
}
