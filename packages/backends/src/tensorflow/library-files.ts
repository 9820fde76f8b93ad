/** The names of TensorFlow's two libraries on this system, the one with the C API last. Windows has none. */
export const LIBRARY_FILES: readonly [framework: string, cc: string] =
  process.platform === 'darwin'
    ? ['libtensorflow_framework.2.dylib', 'libtensorflow_cc.2.dylib']
    : ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'];
