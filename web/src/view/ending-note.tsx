/** Why an answer ended, where it did not simply end. */
import type { Answer } from '../state/conversation.ts';
import type { Dictionary } from '../text/en.ts';
import { useWords } from './app-context.ts';

export function EndingNote({ answer }: { readonly answer: Answer }) {
  const words = useWords();
  const { ending } = answer;
  const text = explain(words, answer);
  if (text === undefined) return null;
  const detail = ending.kind === 'failed' ? ending.problem.detail : undefined;
  return (
    <div class={`ending ${ending.kind}`}>
      <p>{text}</p>
      {detail !== undefined && <p class="faint">{detail}</p>}
    </div>
  );
}

export function explain(words: Dictionary, { ending, text }: Answer): string | undefined {
  switch (ending.kind) {
    case 'writing':
      return undefined;
    case 'stop':
      return text.trim() === '' ? words.ending.empty : undefined;
    case 'failed':
      return words.problem[ending.problem.kind];
    case 'length':
      return lengthWords(words, ending.cause);
    default:
      return words.ending[ending.kind];
  }
}

function lengthWords({ ending }: Dictionary, cause: string | undefined): string {
  return cause === 'context' || cause === 'loop' || cause === 'deadline'
    ? ending[cause]
    : ending.length;
}
