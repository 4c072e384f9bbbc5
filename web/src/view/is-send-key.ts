/**
 * Enter sends, except while an input method composes a word (Vietnamese, Chinese): there it takes
 * the word. Safari ends the composition before the key arrives, and then only the old code tells.
 */
const composingKeyCode = 229;

export function isSendKey(event: KeyboardEvent): boolean {
  const { key, shiftKey, isComposing, keyCode } = event;
  return key === 'Enter' && !shiftKey && !isComposing && keyCode !== composingKeyCode;
}
