import koffi, { type LibraryHandle } from 'koffi';
import { awaitedAtEnd } from './process-end.js';
import { signalBlocker } from './signals.js';

/** An address in the library's memory. */
export type Pointer = bigint;

type Bytes = NodeJS.ArrayBufferView;

/** The functions of TensorFlow's C API that lrfind calls, by their C names without the prefix. */
export interface Functions {
  Version(): string;
  NewStatus(): Pointer;
  SetStatus(status: Pointer, code: number, message: string): void;
  GetCode(status: Pointer): number;
  Message(status: Pointer): string;

  NewContextOptions(): Pointer;
  ContextOptionsSetConfig(options: Pointer, proto: Bytes, length: number, status: Pointer): void;
  DeleteContextOptions(options: Pointer): void;
  NewContext(options: Pointer, status: Pointer): Pointer;
  DeleteContext(context: Pointer): void;
  ContextListDevices(context: Pointer, status: Pointer): Pointer;
  DeviceListCount(list: Pointer): number;
  DeviceListName(list: Pointer, index: number, status: Pointer): string;
  DeviceListType(list: Pointer, index: number, status: Pointer): string;
  DeleteDeviceList(list: Pointer): void;

  AllocateTensor(dtype: number, shape: readonly number[], rank: number, bytes: number): Pointer;
  TensorData(tensor: Pointer): Pointer;
  TensorElementCount(tensor: Pointer): number;
  DeleteTensor(tensor: Pointer): void;
  StringInit(string: Pointer): void;
  StringCopy(string: Pointer, bytes: Uint8Array, length: number): void;
  StringGetSize(string: Pointer): number;
  StringGetDataPointer(string: Pointer): Pointer;
  StringDealloc(string: Pointer): void;
  memcpy(to: Pointer | Bytes, from: Pointer | Bytes, bytes: number): void;

  NewTensorHandle(tensor: Pointer, status: Pointer): Pointer;
  DeleteTensorHandle(handle: Pointer): void;
  TensorHandleDataType(handle: Pointer): number;
  TensorHandleNumDims(handle: Pointer, status: Pointer): number;
  TensorHandleDim(handle: Pointer, index: number, status: Pointer): number;
  TensorHandleResolve(handle: Pointer, status: Pointer): Pointer;
  TensorHandleCopyToDevice(handle: Pointer, context: Pointer, device: string, status: Pointer): Pointer;

  NewOp(context: Pointer, name: string, status: Pointer): Pointer;
  DeleteOp(op: Pointer): void;
  OpAddInput(op: Pointer, handle: Pointer, status: Pointer): void;
  OpSetAttrString(op: Pointer, name: string, value: Bytes, length: number): void;
  OpSetAttrStringList(op: Pointer, name: string, values: BigUint64Array, lengths: BigUint64Array, length: number): void;
  OpSetAttrInt(op: Pointer, name: string, value: number | bigint): void;
  OpSetAttrIntList(op: Pointer, name: string, values: BigInt64Array, length: number): void;
  OpSetAttrFloat(op: Pointer, name: string, value: number): void;
  OpSetAttrFloatList(op: Pointer, name: string, values: Float32Array, length: number): void;
  OpSetAttrBool(op: Pointer, name: string, value: number): void;
  OpSetAttrBoolList(op: Pointer, name: string, values: Uint8Array, length: number): void;
  OpSetAttrType(op: Pointer, name: string, value: number): void;
  OpSetAttrTypeList(op: Pointer, name: string, values: Int32Array, length: number): void;
  OpSetAttrShape(op: Pointer, name: string, shape: BigInt64Array, rank: number, status: Pointer): void;
  OpSetAttrShapeList(
    op: Pointer,
    name: string,
    shapes: BigUint64Array,
    ranks: Int32Array,
    length: number,
    status: Pointer,
  ): void;
  OpSetAttrFunctionName(op: Pointer, name: string, value: Bytes, length: number): void;
  Execute(op: Pointer, outputs: BigUint64Array, count: Int32Array, status: Pointer): void;

  NewSessionOptions(): Pointer;
  SetConfig(options: Pointer, proto: Bytes, length: number, status: Pointer): void;
  DeleteSessionOptions(options: Pointer): void;
  NewBuffer(): Pointer;
  DeleteBuffer(buffer: Pointer): void;
  NewGraph(): Pointer;
  GraphGetOpDef(graph: Pointer, name: string, buffer: Pointer, status: Pointer): void;
  DeleteGraph(graph: Pointer): void;
  GraphOperationByName(graph: Pointer, name: string): Pointer | null;
  OperationNumOutputs(operation: Pointer): number;
  LoadSessionFromSavedModel(
    options: Pointer,
    runOptions: null,
    folder: string,
    tags: readonly string[],
    tagCount: number,
    graph: Pointer,
    metaGraph: null,
    status: Pointer,
  ): Pointer;
  SessionRun(
    session: Pointer,
    runOptions: null,
    inputs: BigUint64Array,
    inputValues: BigUint64Array,
    inputCount: number,
    outputs: BigUint64Array,
    outputValues: BigUint64Array,
    outputCount: number,
    targets: null,
    targetCount: 0,
    metadata: null,
    status: Pointer,
  ): void;
  DeleteSession(session: Pointer, status: Pointer): void;
}

/** Their C declarations. */
const DECLARATIONS: Readonly<Record<keyof Functions, string>> = {
  Version: 'const char *TF_Version()',
  NewStatus: 'void *TF_NewStatus()',
  SetStatus: 'void TF_SetStatus(void *status, int code, const char *message)',
  GetCode: 'int TF_GetCode(void *status)',
  Message: 'const char *TF_Message(void *status)',

  NewContextOptions: 'void *TFE_NewContextOptions()',
  ContextOptionsSetConfig: 'void TFE_ContextOptionsSetConfig(void *options, void *proto, size_t length, void *status)',
  DeleteContextOptions: 'void TFE_DeleteContextOptions(void *options)',
  NewContext: 'void *TFE_NewContext(void *options, void *status)',
  DeleteContext: 'void TFE_DeleteContext(void *context)',
  ContextListDevices: 'void *TFE_ContextListDevices(void *context, void *status)',
  DeviceListCount: 'int TF_DeviceListCount(void *list)',
  DeviceListName: 'const char *TF_DeviceListName(void *list, int index, void *status)',
  DeviceListType: 'const char *TF_DeviceListType(void *list, int index, void *status)',
  DeleteDeviceList: 'void TF_DeleteDeviceList(void *list)',

  AllocateTensor: 'void *TF_AllocateTensor(int dtype, int64_t *shape, int rank, size_t bytes)',
  TensorData: 'void *TF_TensorData(void *tensor)',
  TensorElementCount: 'int64_t TF_TensorElementCount(void *tensor)',
  DeleteTensor: 'void TF_DeleteTensor(void *tensor)',
  StringInit: 'void TF_StringInit(void *string)',
  StringCopy: 'void TF_StringCopy(void *string, void *bytes, size_t length)',
  StringGetSize: 'size_t TF_StringGetSize(void *string)',
  StringGetDataPointer: 'void *TF_StringGetDataPointer(void *string)',
  StringDealloc: 'void TF_StringDealloc(void *string)',
  memcpy: 'void *memcpy(void *to, void *from, size_t bytes)',

  NewTensorHandle: 'void *TFE_NewTensorHandle(void *tensor, void *status)',
  DeleteTensorHandle: 'void TFE_DeleteTensorHandle(void *handle)',
  TensorHandleDataType: 'int TFE_TensorHandleDataType(void *handle)',
  TensorHandleNumDims: 'int TFE_TensorHandleNumDims(void *handle, void *status)',
  TensorHandleDim: 'int64_t TFE_TensorHandleDim(void *handle, int index, void *status)',
  TensorHandleResolve: 'void *TFE_TensorHandleResolve(void *handle, void *status)',
  TensorHandleCopyToDevice:
    'void *TFE_TensorHandleCopyToDevice(void *handle, void *context, const char *device, void *status)',

  NewOp: 'void *TFE_NewOp(void *context, const char *name, void *status)',
  DeleteOp: 'void TFE_DeleteOp(void *op)',
  OpAddInput: 'void TFE_OpAddInput(void *op, void *handle, void *status)',
  OpSetAttrString: 'void TFE_OpSetAttrString(void *op, const char *name, void *value, size_t length)',
  OpSetAttrStringList:
    'void TFE_OpSetAttrStringList(void *op, const char *name, void *values, void *lengths, int length)',
  OpSetAttrInt: 'void TFE_OpSetAttrInt(void *op, const char *name, int64_t value)',
  OpSetAttrIntList: 'void TFE_OpSetAttrIntList(void *op, const char *name, void *values, int length)',
  OpSetAttrFloat: 'void TFE_OpSetAttrFloat(void *op, const char *name, float value)',
  OpSetAttrFloatList: 'void TFE_OpSetAttrFloatList(void *op, const char *name, void *values, int length)',
  OpSetAttrBool: 'void TFE_OpSetAttrBool(void *op, const char *name, uint8_t value)',
  OpSetAttrBoolList: 'void TFE_OpSetAttrBoolList(void *op, const char *name, void *values, int length)',
  OpSetAttrType: 'void TFE_OpSetAttrType(void *op, const char *name, int value)',
  OpSetAttrTypeList: 'void TFE_OpSetAttrTypeList(void *op, const char *name, void *values, int length)',
  OpSetAttrShape: 'void TFE_OpSetAttrShape(void *op, const char *name, void *shape, int rank, void *status)',
  OpSetAttrShapeList:
    'void TFE_OpSetAttrShapeList(void *op, const char *name, void *shapes, void *ranks, int length, void *status)',
  OpSetAttrFunctionName: 'void TFE_OpSetAttrFunctionName(void *op, const char *name, void *value, size_t length)',
  Execute: 'void TFE_Execute(void *op, void *outputs, void *count, void *status)',

  NewSessionOptions: 'void *TF_NewSessionOptions()',
  SetConfig: 'void TF_SetConfig(void *options, void *proto, size_t length, void *status)',
  DeleteSessionOptions: 'void TF_DeleteSessionOptions(void *options)',
  NewBuffer: 'void *TF_NewBuffer()',
  DeleteBuffer: 'void TF_DeleteBuffer(void *buffer)',
  NewGraph: 'void *TF_NewGraph()',
  GraphGetOpDef: 'void TF_GraphGetOpDef(void *graph, const char *name, void *buffer, void *status)',
  DeleteGraph: 'void TF_DeleteGraph(void *graph)',
  GraphOperationByName: 'void *TF_GraphOperationByName(void *graph, const char *name)',
  OperationNumOutputs: 'int TF_OperationNumOutputs(void *operation)',
  LoadSessionFromSavedModel:
    'void *TF_LoadSessionFromSavedModel(void *options, void *run, const char *folder, const char **tags, int tag_count, void *graph, void *meta_graph, void *status)',
  SessionRun:
    'void TF_SessionRun(void *session, void *run, void *inputs, void *input_values, int input_count, void *outputs, void *output_values, int output_count, void *targets, int target_count, void *metadata, void *status)',
  DeleteSession: 'void TF_DeleteSession(void *session, void *status)',
};

/** The functions that compute, or start threads that do. */
const COMPUTING: readonly (keyof Functions)[] = ['NewContext', 'Execute', 'LoadSessionFromSavedModel', 'SessionRun'];

/**
 * Makes the functions of a loaded library callable. Signals are blocked during those that compute (see
 * {@link signalBlocker}), and the process does not end while another thread is inside one (see {@link awaitedAtEnd}).
 *
 * @throws Error when the library lacks one
 */
export function declareFunctions(library: LibraryHandle): Functions {
  const blockSignals = signalBlocker(koffi.load(null));
  const entries = Object.entries(DECLARATIONS).map(([name, declaration]) => {
    const func = library.func(declaration);
    return [name, awaitedAtEnd(COMPUTING.includes(name as keyof Functions) ? blockSignals(func) : func)];
  });
  return Object.fromEntries(entries) as Functions;
}
