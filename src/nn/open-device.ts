/**
 * Which device computes. `auto` takes the fastest that works here and says why a faster one does
 * not: the system refuses it, or its kernels do not compute what they should. A device that was
 * asked for by name and does not work is an error with its reason. This is where kernels and
 * devices meet.
 */
import type { DType } from '../base/dtypes.ts';
import { error } from '../base/errors.ts';
import type { CacheFormat } from '../compiler/lowering.ts';
import { CompiledDevice } from '../devices/compiled/compiled-device.ts';
import type { Machine } from '../devices/compiled/machine.ts';
import type { Device } from '../devices/device.ts';
import { NativeMachine } from '../devices/native/native-machine.ts';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import { WasmMachine } from '../devices/wasm/wasm-machine.ts';
import type { ModelConfig } from '../formats/model-config.ts';
import { kernelLibrary } from '../kernels/kernel-library.ts';
import { kernels, kernelsOf } from '../kernels/kernel-list.ts';
import { selfTest } from './self-test.ts';

export const deviceKinds = ['native', 'wasm', 'reference'] as const;
export type DeviceKind = (typeof deviceKinds)[number];

export interface DeviceOptions {
  /** auto: the first of native, wasm and reference that works. */
  readonly device?: DeviceKind | 'auto';
  /** Left out: the cores that this process may use. */
  readonly threads?: number;
  /** What keys and values are kept as, on devices that are compiled. */
  readonly kvCache?: CacheFormat;
  /** Of the weights that will be used: what kernels are tested with. Left out: one of each family. */
  readonly weightFormats?: readonly DType[];
  /** Of the model that will run: only its kernels are tested, and only they run. Left out: all do. */
  readonly config?: Pick<ModelConfig, 'mla' | 'moe'>;
}

export interface OpenedDevice {
  readonly device: Device;
  /** Why faster devices were passed over, one reason each. */
  readonly passedOver: readonly { readonly kind: DeviceKind; readonly reason: string }[];
}

type MachineOptions = Pick<DeviceOptions, 'threads'>;
type Refused = { readonly refused: string };
type OpenMachine = (options: MachineOptions) => Machine | Refused | Promise<Machine | Refused>;

/** How machines are opened; tests have others. */
export type Machines = Readonly<Record<Machine['kind'], OpenMachine>>;
const machinesHere: Machines = {
  native: (options) => NativeMachine.open(options),
  wasm: (options) => WasmMachine.open(options),
};

export async function openDevice(
  options: DeviceOptions = {},
  machines = machinesHere,
): Promise<OpenedDevice> {
  const { device: wanted = 'auto', threads } = options;
  const passedOver: { kind: DeviceKind; reason: string }[] = [];
  for (const kind of wanted === 'auto' ? deviceKinds : [wanted]) {
    if (kind === 'reference') return { device: ReferenceDevice.open(), passedOver };
    const device = await compiledDevice(() => machines[kind](threads ? { threads } : {}), options);
    if (!('refused' in device)) return { device, passedOver };
    if (kind === wanted) throw error('device_refused', { device: kind, reason: device.refused });
    passedOver.push({ kind, reason: device.refused });
  }
  throw new Error('the reference device is never refused');
}

/** Whatever is wrong with a machine, there is a slower one. */
async function compiledDevice(
  open: () => ReturnType<OpenMachine>,
  { weightFormats, kvCache = 'f16', config }: DeviceOptions,
): Promise<CompiledDevice | Refused> {
  let machine: Machine | Refused;
  try {
    machine = await open();
  } catch (cause) {
    return { refused: (cause as Error).message };
  }
  if ('refused' in machine) return machine;
  const tested = config ? kernelsOf(config) : kernels;
  const options = { cacheFormat: kvCache, kernels: tested };
  const device = new CompiledDevice(machine, kernelLibrary, options);
  const refused = await selfTest(device, tested, weightFormats);
  if (refused === undefined) return device;
  await device.close();
  return { refused };
}
