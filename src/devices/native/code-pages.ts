/**
 * Puts machine code where it can run: pages are mapped read-write, filled, then made read-execute;
 * at no time are they both writable and executable. Where the system refuses (hardened kernels,
 * SELinux execmem) the answer is its reason, not an exception: there are other devices.
 */
import type * as Koffi from 'koffi';
import { loadKoffi, type PageSystem, pageSystem } from './page-system.ts';

/** What a function takes and returns, in Koffi's names: `['float', ['void *', 'int']]`. */
export type Signature = readonly [result: string, parameters: readonly string[]];

/** A call blocks until the code returns; `async` runs it on a thread of Node's pool. */
export type NativeFunction = Koffi.KoffiFunc<(...args: unknown[]) => unknown>;

export interface CodePages {
  readonly address: bigint;
  readonly sizeBytes: number;
  /** The function that starts `offsetBytes` into the code. Calling it after `free` crashes. */
  callable(signature: Signature, offsetBytes?: number): NativeFunction;
  /** Idempotent. Nothing may run in the pages any more. */
  free(): void;
}

export type MapResult =
  | { readonly pages: CodePages; readonly refused?: undefined }
  | { readonly pages?: undefined; readonly refused: string };

let loaded: { koffi: typeof Koffi; system: PageSystem } | { refused: string } | undefined;

/** Pages start on a page, so code aligned within itself is aligned in memory. */
export function mapCode(code: Uint8Array, otherSystem?: PageSystem): MapResult {
  if (code.length === 0) throw new Error('mapCode: no code');
  loaded ??= load();
  if ('refused' in loaded) return loaded;
  const { koffi } = loaded;
  const system = otherSystem ?? loaded.system;

  const sizeBytes = code.length;
  const address = system.allocate(sizeBytes);
  if (typeof address === 'string') return { refused: address };
  system.copy(address, code);
  const refused = system.makeExecutable(address, sizeBytes);
  if (refused !== undefined) {
    system.release(address, sizeBytes);
    return { refused };
  }

  let isFreed = false;
  return {
    pages: {
      address,
      sizeBytes,
      callable(signature, offsetBytes = 0) {
        if (isFreed) throw new Error('code pages are freed');
        if (!(offsetBytes >= 0 && offsetBytes < sizeBytes)) {
          throw new Error(`offset ${offsetBytes} is outside of ${sizeBytes} bytes of code`);
        }
        return koffi.decode(address + BigInt(offsetBytes), prototypeOf(koffi, signature));
      },
      free() {
        if (isFreed) return;
        isFreed = true;
        system.release(address, sizeBytes);
      },
    },
  };
}

function load(): NonNullable<typeof loaded> {
  try {
    const koffi = loadKoffi();
    return { koffi, system: pageSystem(koffi) };
  } catch (cause) {
    const { message } = cause as Error;
    return { refused: `koffi does not load here: ${message}` };
  }
}

/** Koffi keeps every type it is given, so each signature is given once. */
const prototypes = new Map<string, Koffi.TypeObject>();

function prototypeOf(koffi: typeof Koffi, [result, parameters]: Signature): Koffi.TypeObject {
  const key = `${result}(${parameters.join()})`;
  const known = prototypes.get(key);
  if (known) return known;
  const prototype = koffi.proto(result, [...parameters]);
  prototypes.set(key, prototype);
  return prototype;
}
