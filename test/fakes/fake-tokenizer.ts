/** Ids 0-255 are bytes; then the special tokens end, <think>, </think>. No vocabulary, all text. */
import { incompleteTail } from '../../src/formats/tokenizer/streaming-decoder.ts';
import type { StreamingDecoder, Tokenizer } from '../../src/formats/tokenizer/tokenizer.ts';

export const special = { end: 256, think: 257, thinkEnd: 258 } as const;
const specialTexts = ['<end>', '<think>', '</think>'];

export class FakeTokenizer implements Tokenizer {
  readonly vocabSize = 259;
  readonly bosTokenId = undefined;
  readonly addBos = false;
  readonly addedTokens = specialTexts;
  readonly eosTokenIds: ReadonlySet<number> = new Set([special.end]);

  encode(text: string, options: { special: boolean }): number[] {
    const parts = options.special ? this.split(text) : [text];
    return parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part)]));
  }
  split(text: string): (string | number)[] {
    const parts = text.split(/(<end>|<think>|<\/think>)/).filter((part) => part !== '');
    return parts.map((part) => this.tokenId(part) ?? part);
  }
  /** Special tokens as their text, as the contract has it. */
  decode(ids: readonly number[]): string {
    const bytes = ids.map((id) =>
      id < 256 ? Buffer.of(id) : Buffer.from(specialTexts[id - 256]!),
    );
    return Buffer.concat(bytes).toString();
  }
  tokenId(text: string): number | undefined {
    const index = specialTexts.indexOf(text);
    return index >= 0 ? 256 + index : undefined;
  }
  tokenBytes(id: number): Uint8Array {
    return id < 256
      ? Uint8Array.of(id)
      : Buffer.from(id === special.end ? '' : specialTexts[id - 256]);
  }
  isSpecial(id: number): boolean {
    return id === special.end;
  }
  decoder(): StreamingDecoder {
    const utf8 = new TextDecoder();
    let last: number[] = [];
    return {
      push: (id) => {
        const bytes = this.tokenBytes(id);
        last = [...last, ...bytes].slice(-3);
        return utf8.decode(bytes, { stream: true });
      },
      flush: () => utf8.decode(),
      get isWhole() {
        return incompleteTail(Uint8Array.from(last), last.length) === 0;
      },
    };
  }
}
