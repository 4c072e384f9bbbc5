/** What is seen before the first question: who answers, and what may be asked. */
import { useApp, useWords } from './app-context.ts';
import { Logo } from './logo.tsx';

export function EmptyState() {
  const { empty } = useWords();
  const { chat } = useApp();
  return (
    <div class="empty">
      <Logo size={64} />
      <h1>{empty.greeting}</h1>
      <p class="faint">{empty.about}</p>
      <ul class="examples" aria-label={empty.examples}>
        {empty.questions.map((question) => (
          <li key={question}>
            <button type="button" onClick={() => chat.send(question)}>
              {question}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
