/** A weight of the reference device: the checkpoint's own bytes, decoded as kernels ask for rows. */
import type { WeightArg } from '../../compiler/kernel.ts';
import type { DeviceWeight } from '../device.ts';
import { WeightRows } from '../weight-rows.ts';

export class ReferenceWeight extends WeightRows implements DeviceWeight, WeightArg {}
