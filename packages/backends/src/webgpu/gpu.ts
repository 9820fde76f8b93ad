// The members of WebGPU, and of TensorFlow.js's backend for it, that are used here. They are declared by hand, because the packages
// that declare them are optional.
import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

/** A buffer on the device. */
export interface GpuBuffer {
  readonly size: number;
  readonly usage: number;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** A compiled shader. */
export interface GpuPipeline {
  getBindGroupLayout(index: number): object;
}

/** What a shader reads and writes: the result first, then the inputs, then its uniforms. */
export interface GpuBinding {
  readonly buffer: GpuBuffer;
  readonly offset?: number;
  readonly size?: number;
}

/** All that a shader reads and writes. */
export interface GpuBindGroup {
  readonly layout: object;
  readonly entries: readonly { readonly binding: number; readonly resource: GpuBinding }[];
}

/** Records the calls of shaders. */
export interface GpuComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

/** Records what the device shall do. */
export interface GpuCommandEncoder {
  beginComputePass(): GpuComputePass;
  copyBufferToBuffer(from: GpuBuffer, fromOffset: number, to: GpuBuffer, toOffset: number, bytes: number): void;
}

/** What is wrong with a command, which the device notices later. */
export interface GpuError {
  readonly message: string;
}

/** A kind of {@link GpuError}. */
export type GpuErrorKind = 'validation' | 'out-of-memory' | 'internal';

/** A device that computes. */
export interface GpuDevice {
  readonly queue: {
    writeBuffer(buffer: GpuBuffer, offset: number, values: ArrayBufferView): void;
    onSubmittedWorkDone(): Promise<unknown>;
  };
  readonly limits: {
    readonly maxStorageBuffersPerShaderStage: number;
    readonly maxComputeWorkgroupsPerDimension: number;
  };
  createShaderModule(options: { code: string; label?: string }): object;
  createComputePipeline(options: { compute: { module: object; entryPoint: string }; layout: 'auto' }): GpuPipeline;
  /** Resolves when the device is lost. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  createBuffer(options: { size: number; usage: number; mappedAtCreation?: boolean }): GpuBuffer;
  createBindGroup(options: GpuBindGroup): object;
  pushErrorScope(kind: GpuErrorKind): void;
  popErrorScope(): Promise<GpuError | null>;
  addEventListener(type: 'uncapturederror', listener: (event: { readonly error: GpuError }) => void): void;
}

/** Keeps the buffers of a backend, so that later tensors can use them again. */
export interface BufferManager {
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GpuBuffer;
  releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void;
}

/** What a backend knows of a tensor. */
export interface TensorData {
  /** The type of the numbers on the device; a tensor that was cast may call them otherwise. */
  readonly dtype: DataType;
  readonly shape: readonly number[];
  /** The numbers where they are known to JavaScript too. */
  values: Float32Array | Int32Array | Uint8Array | null | undefined;
  refCount: number;
  resource?: GpuBuffer | null;
}

/** A number or a vector that a shader gets with each call. */
export interface Uniform {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: number[];
}

/** A shader, in the words of TensorFlow.js's backend, which writes the rest of it. */
export interface GpuProgram {
  readonly variableNames: readonly string[];
  /** Declarations of its own uniforms. */
  readonly uniforms?: string;
  readonly outputShape: readonly number[];
  readonly workgroupSize: readonly [number, number, number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [number, number, number];
  /** Whether it gets the number of results as `uniforms.size`. */
  readonly size: boolean;
  /** Names the text of the shader: equal keys have equal texts, for inputs of the same ranks and types. */
  readonly shaderKey: string;
  readonly pipeline?: GpuPipeline;
  getUserCode(): string;
}

/** TensorFlow.js's backend. */
export interface WebGpuBackend extends KernelBackend {
  device: GpuDevice;
  bufferManager: BufferManager;
  readonly tensorMap: {
    get(id: DataId): TensorData;
    set(id: DataId, data: TensorData): void;
    has(id: DataId): boolean;
  };
  commandEncoder: GpuCommandEncoder | null;
  computePassEncoder: GpuComputePass | null;
  dispatchCountInPass: number;
  /** The tensors that commands read which are not submitted yet. */
  commandQueueOwnedIds: { add(id: DataId): void; has(id: DataId): boolean };
  uniformPendingDisposal: GpuBuffer[];
  runWebGPUProgram(
    program: GpuProgram,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms?: readonly Uniform[],
  ): TensorInfo;
  makeTensorInfo(shape: number[], dtype: DataType, values?: ArrayBufferView): TensorInfo;
  convertAndCacheOnCPU(id: DataId, values: ArrayBufferView): ArrayBufferView;
  uploadToGPU(id: DataId): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** The call of a kernel of this backend. */
export interface GpuKernelCall<Input extends string, Attributes = object> {
  readonly inputs: Readonly<Record<Input, TensorInfo>>;
  readonly backend: WebGpuBackend;
  readonly attrs: Attributes;
}
