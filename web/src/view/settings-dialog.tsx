/** How answers are made and how the page looks. What is chosen holds at once and is kept. */
import { useEffect, useRef } from 'preact/hooks';
import { ranges, themes, thinkingModes } from '../state/settings.ts';
import { dictionaries } from '../text/dictionaries.ts';
import { languages } from '../text/language.ts';
import { useApp, useWords } from './app-context.ts';
import { IconButton } from './icon-button.tsx';
import { NumberField } from './number-field.tsx';
import { Segments } from './segments.tsx';
import { useStore } from './use-store.ts';

interface SettingsDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function SettingsDialog({ isOpen, onClose }: SettingsDialogProps) {
  const { settings: words } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog closes on Esc by itself
    <dialog
      ref={dialog}
      class="settings"
      aria-labelledby="settings-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose(); // beside it
      }}
    >
      {isOpen && (
        <div class="sheet">
          <header>
            <h2 id="settings-title">{words.title}</h2>
            <IconButton icon="close" label={words.close} onClick={onClose} />
          </header>
          <PageSettings />
          <AnswerSettings />
          <AccessSettings />
        </div>
      )}
    </dialog>
  );
}

function PageSettings() {
  const { settings: words } = useWords();
  const { settings } = useApp();
  const { language, theme } = useStore(settings, (state) => state);
  const names = { en: dictionaries.en.name, vi: dictionaries.vi.name, zh: dictionaries.zh.name };
  return (
    <section>
      <h3>{words.page}</h3>
      <Segments
        name="language"
        label={words.language}
        values={languages}
        words={names}
        value={language}
        onChange={(value) => settings.merge({ language: value })}
      />
      <Segments
        name="theme"
        label={words.appearance}
        values={themes}
        words={words.themes}
        value={theme}
        onChange={(value) => settings.merge({ theme: value })}
      />
    </section>
  );
}

function AnswerSettings() {
  const { settings: words } = useWords();
  const { settings } = useApp();
  const state = useStore(settings, (it) => it);
  return (
    <section>
      <h3>{words.answers}</h3>
      <Segments
        name="thinking"
        label={words.thinking}
        values={thinkingModes}
        words={words.thinkingModes}
        value={state.thinking}
        onChange={(thinking) => settings.merge({ thinking })}
      />
      {state.thinking === 'budget' && (
        <NumberField
          label={words.budget}
          value={state.thinkingBudget}
          range={ranges.thinkingBudget}
          onChange={(value) => value !== undefined && settings.merge({ thinkingBudget: value })}
        />
      )}
      <div class="numbers">
        <NumberField
          label={words.temperature}
          value={state.temperature}
          range={ranges.temperature}
          placeholder={words.modelDefault}
          onChange={(temperature) => settings.merge({ temperature })}
        />
        <NumberField
          label={words.topP}
          value={state.topP}
          range={ranges.topP}
          placeholder={words.modelDefault}
          onChange={(topP) => settings.merge({ topP })}
        />
        <NumberField
          label={words.maxTokens}
          value={state.maxTokens}
          range={ranges.maxTokens}
          placeholder={words.modelDefault}
          onChange={(maxTokens) => settings.merge({ maxTokens })}
        />
      </div>
      <div class="field">
        <label for="system-prompt">{words.systemPrompt}</label>
        <textarea
          id="system-prompt"
          rows={3}
          value={state.systemPrompt}
          aria-describedby="system-prompt-hint"
          onInput={(event) => settings.merge({ systemPrompt: event.currentTarget.value })}
        />
        <p id="system-prompt-hint" class="faint">
          {words.systemPromptHint}
        </p>
      </div>
    </section>
  );
}

function AccessSettings() {
  const { settings: words } = useWords();
  const { settings, connection } = useApp();
  const apiKey = useStore(settings, (state) => state.apiKey);
  return (
    <section>
      <h3>{words.access}</h3>
      <div class="field">
        <label for="api-key">{words.apiKey}</label>
        <input
          id="api-key"
          type="password"
          autocomplete="off"
          value={apiKey}
          aria-describedby="api-key-hint"
          onInput={(event) => settings.merge({ apiKey: event.currentTarget.value.trim() })}
          onChange={() => void connection.check()}
        />
        <p id="api-key-hint" class="faint">
          {words.apiKeyHint}
        </p>
      </div>
    </section>
  );
}
