/**
 * Metadata values of a GGUF file with their types, as the reader gives and the writer takes them.
 * Arrays are decoded when first asked for: a token list of 150,000 strings costs nothing until then.
 */
import { PackedTexts } from '../packed-texts.ts';

/** In the order of GGUF's ids: u8 is 0, f64 is 12. */
export const valueTypes = [
  ...(['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'bool'] as const),
  ...(['string', 'array', 'u64', 'i64', 'f64'] as const),
] as const;

export type GgufValueType = (typeof valueTypes)[number];

/** Bytes of one value of a type with a fixed size. */
export const scalarBytes: Readonly<Partial<Record<GgufValueType, number>>> = {
  ...{ u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, bool: 1, u64: 8, i64: 8, f64: 8 },
};

export type GgufNumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'f64';

export type GgufValue =
  | { readonly type: GgufNumberType; readonly value: number }
  | { readonly type: 'u64' | 'i64'; readonly value: bigint }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | GgufArray;

export type GgufItem = number | bigint | boolean | string | GgufArray;

export type GgufNumbers = Int32Array | Uint32Array | Float32Array;

export class GgufArray {
  readonly type = 'array';
  readonly elementType: GgufValueType;
  readonly length: number;
  readonly #decode: () => GgufItem[];
  readonly #pack: () => PackedTexts;
  readonly #numbers: (() => GgufNumbers) | undefined;
  #items: GgufItem[] | undefined;

  constructor(
    elementType: GgufValueType,
    length: number,
    decode: () => GgufItem[],
    pack = () => PackedTexts.of(this.items() as string[]),
    numbers?: () => GgufNumbers,
  ) {
    this.elementType = elementType;
    this.length = length;
    this.#decode = decode;
    this.#pack = pack;
    this.#numbers = numbers;
  }

  items(): readonly GgufItem[] {
    this.#items ??= this.#decode();
    return this.#items;
  }

  /** Of strings: no string is made of them. */
  texts(): PackedTexts {
    return this.#pack();
  }

  /** Of numbers that a typed array holds: nothing else is made of them, and nothing is kept. */
  numbers(): GgufNumbers | undefined {
    return this.#numbers?.();
  }
}

export const u32 = (value: number): GgufValue => ({ type: 'u32', value });
export const i32 = (value: number): GgufValue => ({ type: 'i32', value });
export const u64 = (value: bigint): GgufValue => ({ type: 'u64', value });
export const f32 = (value: number): GgufValue => ({ type: 'f32', value });
export const bool = (value: boolean): GgufValue => ({ type: 'bool', value });
export const text = (value: string): GgufValue => ({ type: 'string', value });
export const array = (elementType: GgufValueType, items: readonly GgufItem[]): GgufArray =>
  new GgufArray(elementType, items.length, () => [...items]);
