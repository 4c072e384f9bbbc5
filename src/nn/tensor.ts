/** What layers and models pass around: tensors on a device, without the device. */
export type { DeviceTensor as Tensor, DeviceWeight as Matrix } from '../devices/device.ts';
