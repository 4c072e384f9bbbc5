/**
 * The part of WebAssembly's JavaScript interface that we call. Typed here because TypeScript's own
 * description of it comes only with the whole browser.
 */
export interface WasmMemory {
  /** Another object after the memory has grown; one of shared memory stays valid, at its length. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  /** By so many pages; throws a RangeError where there are no more. */
  grow(numPages: number): number;
}

export type WasmFunction = (...args: (number | bigint)[]) => number | bigint | undefined;

interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  /** As `Module`, off the event loop. */
  compile(bytes: Uint8Array): Promise<object>;
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
