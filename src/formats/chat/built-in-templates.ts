/**
 * Templates for checkpoints that bring none, chosen by vocabulary: role tokens that exist are role
 * tokens the model was trained with. `builtIn` says which, so that a program can tell its user.
 */
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { ChatTemplate } from './chat-template.ts';

/** DeepSeek V3 and R1: no line breaks between roles, reasoning of past turns dropped. */
function deepseek(opening: string): string {
  return (
    '{{ bos_token }}' +
    "{% for m in messages if m.role == 'system' %}" +
    "{{ ('' if loop.first else '\\n\\n') + m.content }}{% endfor %}" +
    '{% for m in messages %}' +
    "{% if m.role == 'user' %}{{ '<｜User｜>' + m.content }}" +
    "{% elif m.role == 'assistant' %}" +
    "{{ '<｜Assistant｜>' + (m.content or '').split('</think>')[-1].lstrip() + eos_token }}" +
    "{% elif m.role == 'tool' %}{{ '<｜User｜>' + m.content }}{% endif %}" +
    '{% endfor %}' +
    `{% if add_generation_prompt %}{{ '<｜Assistant｜>${opening}' }}{% endif %}`
  );
}

const chatml =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}" +
  "{{ (m.content or '').split('</think>')[-1].lstrip() if m.role == 'assistant' else m.content }}" +
  "{{ '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** The checkpoint's own template, or ours for its vocabulary. */
export function chatTemplateFor(tokenizer: Tokenizer, source: string | undefined): ChatTemplate {
  if (source !== undefined && source.trim() !== '') return new ChatTemplate(source);
  const hasToken = (text: string) => tokenizer.tokenId(text) !== undefined;
  if (hasToken('<｜User｜>') && hasToken('<｜Assistant｜>')) {
    const thinks = hasToken('<think>') && hasToken('</think>');
    return thinks
      ? new ChatTemplate(deepseek('<think>\\n'), 'deepseek-r1')
      : new ChatTemplate(deepseek(''), 'deepseek-v3');
  }
  return new ChatTemplate(chatml, 'chatml');
}
