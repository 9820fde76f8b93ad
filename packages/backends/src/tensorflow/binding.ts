import { type Attribute, AttributeType } from './attributes.js';
import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';
import { DataType, type Values } from './data-types.js';
import { execute } from './execute.js';
import { SavedModels } from './saved-models.js';
import { createTensor, readTensor, shapeOf } from './tensors.js';

/** A tensor that an operation computed. */
export interface TensorMetadata {
  /** The binding's id for it, valid until the tensor is deleted. */
  readonly id: number;
  readonly shape: number[];
  /** The number of its data type. */
  readonly dtype: number;
}

/** The interface that tfjs-node's kernels call: that of the native addon for which they were written. */
export class Binding {
  readonly TF_FLOAT = DataType.float32;
  readonly TF_INT32 = DataType.int32;
  readonly TF_INT64 = DataType.int64;
  readonly TF_BOOL = DataType.bool;
  readonly TF_COMPLEX64 = DataType.complex64;
  readonly TF_STRING = DataType.string;
  readonly TF_RESOURCE = DataType.resource;
  readonly TF_UINT8 = DataType.uint8;
  readonly TF_ATTR_STRING = AttributeType.string;
  readonly TF_ATTR_INT = AttributeType.int;
  readonly TF_ATTR_FLOAT = AttributeType.float;
  readonly TF_ATTR_BOOL = AttributeType.bool;
  readonly TF_ATTR_TYPE = AttributeType.type;
  readonly TF_ATTR_SHAPE = AttributeType.shape;
  readonly TF_Version: string;
  /** Whether operations are added to a graph instead of being executed; true for the proxy of `graphBinding`. */
  readonly building: boolean = false;

  readonly #context: Context;
  readonly #handles = new Map<number, Pointer>();
  readonly #models: SavedModels;
  #created = 0;
  #disposed = false;

  constructor(context: Context) {
    this.#context = context;
    this.#models = new SavedModels(context);
    this.TF_Version = context.c.Version();
  }

  /** Whether tensors live on a GPU. */
  isUsingGpuDevice(): boolean {
    return this.#context.gpu !== undefined;
  }

  /**
   * As {@link createTensor}.
   *
   * @returns the tensor's id
   */
  createTensor(shape: readonly number[], dtype: number, values: Values): number {
    return this.#add(createTensor(this.#context, shape, dtype, values));
  }

  /**
   * Deletes a tensor.
   *
   * @throws RangeError when there is no such tensor
   */
  deleteTensor(id: number): void {
    if (this.#disposed) return;
    const handle = this.handleOf(id);
    this.#handles.delete(id);
    this.#context.c.DeleteTensorHandle(handle);
  }

  /** As {@link readTensor}. */
  tensorDataSync(id: number): Values {
    return readTensor(this.#context, this.handleOf(id));
  }

  /** As {@link execute}, with the ids of tensors. */
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const handles = inputs.map((id) => this.handleOf(id));
    return execute(this.#context, name, attributes, handles, outputs).map((handle) => this.#addDescribed(handle));
  }

  /**
   * As {@link execute}, for a function that was added to a context. The caller knows the shapes of its outputs.
   *
   * @returns the ids of its outputs
   */
  callFunction(
    context: Context,
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): number[] {
    const handles = inputs.map((id) => this.handleOf(id));
    return execute(context, name, attributes, handles, outputs, handles.length).map((handle) => this.#add(handle));
  }

  /**
   * The library's handle of a tensor, which the binding continues to own.
   *
   * @throws RangeError when there is no such tensor
   */
  handleOf(id: number): Pointer {
    const handle = this.#handles.get(id);
    if (handle === undefined) throw new RangeError(`there is no tensor ${id}; it was deleted, or never created`);
    return handle;
  }

  /** The number of tensors. */
  getNumOfTensors(): number {
    return this.#handles.size;
  }

  /** As {@link SavedModels.load}, with the tags separated by commas. */
  loadSavedModel(folder: string, tags: string): number {
    return this.#models.load(folder, tags.split(','));
  }

  /** As {@link SavedModels.run}, with the names separated by commas. */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorMetadata[] {
    const handles = inputs.map((input) => this.handleOf(input));
    return this.#models
      .run(id, handles, inputNames.split(',').filter(Boolean), outputNames.split(','))
      .map((handle) => this.#addDescribed(handle));
  }

  /** As {@link SavedModels.delete}. */
  deleteSavedModel(id: number): void {
    this.#models.delete(id);
  }

  /** The number of loaded models. */
  getNumOfSavedModels(): number {
    return this.#models.size;
  }

  /** Deletes every tensor and saved model. Deleting a tensor afterwards does nothing. */
  dispose(): void {
    for (const id of [...this.#handles.keys()]) this.deleteTensor(id);
    this.#models.dispose();
    this.#disposed = true;
  }

  #add(handle: Pointer): number {
    this.#handles.set(++this.#created, handle);
    return this.#created;
  }

  #addDescribed(handle: Pointer): TensorMetadata {
    const shape = shapeOf(this.#context, handle);
    return { id: this.#add(handle), shape, dtype: this.#context.c.TensorHandleDataType(handle) };
  }
}
