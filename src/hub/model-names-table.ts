/**
 * Short names of the DeepSeek family and where each points. `gguf` is the repository that a short
 * name is pulled from; `original` holds the same model as its makers published it (safetensors;
 * pull it by that name). On ModelScope the repositories of unsloth and deepseek-ai carry the same
 * names. The first row whose name or alias fits wins; longer names are tried first.
 */
export interface ModelRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly gguf: string;
  readonly original: string;
  readonly parameters: string;
  /** What the model is, for lists. */
  readonly about: string;
}

export const modelTable: readonly ModelRow[] = [
  {
    name: 'deepseek-r1:1.5b',
    gguf: 'unsloth/DeepSeek-R1-Distill-Qwen-1.5B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B',
    parameters: '1.8B',
    about: 'R1 distilled into Qwen2.5-Math 1.5B',
  },
  {
    name: 'deepseek-r1:7b',
    aliases: ['deepseek-r1'],
    gguf: 'unsloth/DeepSeek-R1-Distill-Qwen-7B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B',
    parameters: '7.6B',
    about: 'R1 distilled into Qwen2.5-Math 7B',
  },
  {
    name: 'deepseek-r1:8b',
    gguf: 'unsloth/DeepSeek-R1-Distill-Llama-8B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-Distill-Llama-8B',
    parameters: '8.0B',
    about: 'R1 distilled into Llama 3.1 8B',
  },
  {
    name: 'deepseek-r1:14b',
    gguf: 'unsloth/DeepSeek-R1-Distill-Qwen-14B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B',
    parameters: '14.8B',
    about: 'R1 distilled into Qwen2.5 14B',
  },
  {
    name: 'deepseek-r1:32b',
    gguf: 'unsloth/DeepSeek-R1-Distill-Qwen-32B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B',
    parameters: '32.8B',
    about: 'R1 distilled into Qwen2.5 32B',
  },
  {
    name: 'deepseek-r1:70b',
    gguf: 'unsloth/DeepSeek-R1-Distill-Llama-70B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
    parameters: '70.6B',
    about: 'R1 distilled into Llama 3.3 70B',
  },
  {
    name: 'deepseek-r1:671b',
    gguf: 'unsloth/DeepSeek-R1-GGUF',
    original: 'deepseek-ai/DeepSeek-R1',
    parameters: '671B, 37B active',
    about: 'R1 of January 2025',
  },
  {
    name: 'deepseek-r1-0528:8b',
    aliases: ['deepseek-r1-0528'],
    gguf: 'unsloth/DeepSeek-R1-0528-Qwen3-8B-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B',
    parameters: '8.2B',
    about: 'R1-0528 distilled into Qwen3 8B',
  },
  {
    name: 'deepseek-r1-0528:671b',
    gguf: 'unsloth/DeepSeek-R1-0528-GGUF',
    original: 'deepseek-ai/DeepSeek-R1-0528',
    parameters: '671B, 37B active',
    about: 'R1 of May 2025',
  },
  {
    name: 'deepseek-v2-lite',
    aliases: ['deepseek-v2-lite:16b', 'deepseek-v2:16b'],
    gguf: 'mradermacher/DeepSeek-V2-Lite-Chat-GGUF',
    original: 'deepseek-ai/DeepSeek-V2-Lite-Chat',
    parameters: '15.7B, 2.4B active',
    about: 'the small model with latent attention and experts',
  },
  {
    name: 'deepseek-coder-v2-lite',
    aliases: ['deepseek-coder-v2', 'deepseek-coder-v2:16b', 'deepseek-coder-v2-lite:16b'],
    gguf: 'bartowski/DeepSeek-Coder-V2-Lite-Instruct-GGUF',
    original: 'deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct',
    parameters: '15.7B, 2.4B active',
    about: 'V2-Lite trained on code',
  },
  {
    name: 'deepseek-v3',
    aliases: ['deepseek-v3:671b'],
    gguf: 'unsloth/DeepSeek-V3-GGUF',
    original: 'deepseek-ai/DeepSeek-V3',
    parameters: '671B, 37B active',
    about: 'V3 of December 2024',
  },
  {
    name: 'deepseek-v3-0324',
    aliases: ['deepseek-v3-0324:671b'],
    gguf: 'unsloth/DeepSeek-V3-0324-GGUF',
    original: 'deepseek-ai/DeepSeek-V3-0324',
    parameters: '671B, 37B active',
    about: 'V3 of March 2025',
  },
  {
    name: 'deepseek-v3.1',
    aliases: ['deepseek-v3.1:671b'],
    gguf: 'unsloth/DeepSeek-V3.1-GGUF',
    original: 'deepseek-ai/DeepSeek-V3.1',
    parameters: '671B, 37B active',
    about: 'thinks or answers at once',
  },
  {
    name: 'deepseek-v3.1-terminus',
    aliases: ['deepseek-v3.1-terminus:671b'],
    gguf: 'unsloth/DeepSeek-V3.1-Terminus-GGUF',
    original: 'deepseek-ai/DeepSeek-V3.1-Terminus',
    parameters: '671B, 37B active',
    about: 'V3.1 of September 2025',
  },
];
