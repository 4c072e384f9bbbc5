/**
 * The part of WebAssembly's JavaScript interface that we call. Typed here because TypeScript's own
 * description of it comes only with the whole browser.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

export type WasmFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  /** Compiles here and now; the object can be posted to workers. */
  readonly Module: new (
    bytes: Uint8Array,
  ) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, WasmMemory | WasmFunction>>>>,
  ) => { readonly exports: Readonly<Record<string, WasmFunction>> };
  readonly Memory: new (limits: {
    initial: number;
    maximum?: number;
    shared?: boolean;
  }) => WasmMemory;
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
