/**
 * Names as Ollama's clients write them: what has no tag is `:latest`, and repositories of Hugging
 * Face begin with their host.
 */

/** The name as lists show it. */
export function taggedName(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

export function untaggedName(name: string): string {
  return name.replace(/:latest$/, '');
}

/** Which of the served models is meant; the name itself where none is. */
export function servedName(asked: string, served: readonly string[]): string {
  const isMeant = (name: string) => taggedName(name) === taggedName(hubName(asked));
  return served.find((name) => name === asked) ?? served.find(isMeant) ?? untaggedName(asked);
}

/** As the hub of this project reads it. */
export function hubName(asked: string): string {
  return untaggedName(asked.replace(/^(?:https?:\/\/)?(?:hf\.co|huggingface\.co)\//i, ''));
}
