import { isMainThread } from 'node:worker_threads';
import type { Functions, Pointer } from './c-functions.js';
import { Status } from './status.js';

/** A device that TensorFlow computes on. */
export interface Device {
  /** Such as `/job:localhost/replica:0/task:0/device:GPU:0`. */
  readonly name: string;
  /** Such as `CPU` or `GPU`. */
  readonly type: string;
}

/** An eager context of TensorFlow, in which tensors live and operations run, with what every call needs. */
export interface Context {
  readonly c: Functions;
  readonly status: Status;
  readonly pointer: Pointer;
  /** The serialized `ConfigProto` that it was created with. */
  readonly config: Uint8Array;
  readonly devices: readonly Device[];
  /** The GPU that tensors are placed on; undefined where there is none. */
  readonly gpu: Device | undefined;
}

/**
 * Creates an eager context, which lives as long as the thread that creates it.
 *
 * @param config a serialized `ConfigProto`
 * @throws TensorFlowError when a device cannot be set up
 */
export function createContext(c: Functions, config: Uint8Array): Context {
  const status = new Status(c);
  const options = c.NewContextOptions();
  try {
    c.ContextOptionsSetConfig(options, config, config.length, status.pointer);
    status.check();
    const pointer = c.NewContext(options, status.pointer);
    status.check();
    // Nothing else would end the threads that compute for it. At the end of the process they end with it.
    if (!isMainThread) process.once('exit', () => c.DeleteContext(pointer));
    const devices = listDevices(c, pointer, status);
    return { c, status, pointer, config, devices, gpu: devices.find(({ type }) => type === 'GPU') };
  } finally {
    c.DeleteContextOptions(options);
  }
}

function listDevices(c: Functions, context: Pointer, status: Status): Device[] {
  const list = c.ContextListDevices(context, status.pointer);
  status.check();
  try {
    return Array.from({ length: c.DeviceListCount(list) }, (_, i) => {
      const name = c.DeviceListName(list, i, status.pointer);
      status.check();
      const type = c.DeviceListType(list, i, status.pointer);
      status.check();
      return { name, type };
    });
  } finally {
    c.DeleteDeviceList(list);
  }
}
