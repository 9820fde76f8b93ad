import koffi from 'koffi';

/**
 * What the first GPU that this process may use calls itself, as "NVIDIA A100-SXM4-40GB". TensorFlow's C API does not tell,
 * so the driver is asked, which TensorFlow has loaded and started.
 */
export function gpuName(): string {
  const driver = koffi.load('libcuda.so.1');
  const device = new Int32Array(1);
  driver.func('int cuDeviceGet(void *device, int ordinal)')(device, 0);
  const name = Buffer.alloc(256);
  const result: number = driver.func('int cuDeviceGetName(void *name, int length, int device)')(name, 255, device[0]);
  return result === 0 ? name.toString('utf8', 0, name.indexOf(0)) : 'CUDA';
}
