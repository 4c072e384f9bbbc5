/**
 * A byte-level BPE vocabulary of any size, as GGUF metadata: 256 bytes, then aa, ab, … zz, aaa, …
 * each with the merge that makes it, so that loading it costs what a real one costs. The last two
 * ids begin and end a text; the model's head makes sure that the end is never chosen.
 */
import { array, bool, type GgufValue, text, u32 } from '../../src/formats/gguf/gguf-value.ts';
import { tokenOfBytes } from '../../src/formats/tokenizer/byte-alphabet.ts';

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const types = { normal: 1, control: 3 };

export const endToken = (vocabSize: number) => vocabSize - 1;

export function fillerTokenizer(vocabSize: number, pre: string): [string, GgufValue][] {
  const numPlain = vocabSize - 2;
  const tokens = Array.from({ length: 256 }, (_, byte) => tokenOfBytes(Uint8Array.of(byte)));
  const merges: string[] = [];
  for (let stems = letters; tokens.length < numPlain; ) {
    const longer = stems.flatMap((stem) => letters.map((letter) => [stem, letter] as const));
    const taken = longer.slice(0, numPlain - tokens.length);
    for (const [stem, letter] of taken) {
      tokens.push(stem + letter);
      merges.push(`${stem} ${letter}`);
    }
    stems = taken.map(([stem, letter]) => stem + letter);
  }
  const control = ['<|begin|>', '<|end|>'];
  const tokenTypes = [...tokens.map(() => types.normal), ...control.map(() => types.control)];
  return [
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text(pre)],
    ['tokenizer.ggml.tokens', array('string', [...tokens, ...control])],
    ['tokenizer.ggml.token_type', array('i32', tokenTypes)],
    ['tokenizer.ggml.merges', array('string', merges)],
    ['tokenizer.ggml.bos_token_id', u32(vocabSize - 2)],
    ['tokenizer.ggml.eos_token_id', u32(endToken(vocabSize))],
    ['tokenizer.ggml.add_bos_token', bool(false)],
  ];
}
