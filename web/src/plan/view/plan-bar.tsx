/** Above the page: what it is, the way to the chat, the language. */
import { languages } from '../../text/language.ts';
import { Logo } from '../../view/logo.tsx';
import { languageNames } from '../text/plan-words.ts';
import { useLanguage, usePlanApp, usePlanWords } from './plan-context.ts';

export function PlanBar() {
  const words = usePlanWords();
  const { settings } = usePlanApp();
  const language = useLanguage();
  return (
    <header class="plan-bar">
      <Logo />
      <h1>
        Sampan <span>{words.title}</span>
      </h1>
      <nav>
        <a class="soft" href="./">
          {words.toChat}
        </a>
      </nav>
      <select
        aria-label={words.language}
        value={language}
        onChange={(event) =>
          settings.merge({ language: event.currentTarget.value as typeof language })
        }
      >
        {languages.map((item) => (
          <option key={item} value={item} lang={item} selected={item === language}>
            {languageNames[item]}
          </option>
        ))}
      </select>
    </header>
  );
}
