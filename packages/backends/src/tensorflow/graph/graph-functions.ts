import koffi, { type LibraryHandle } from 'koffi';
import type { Functions, Pointer } from '../c-functions.js';
import { awaitedAtEnd } from '../process-end.js';

/** An output of an operation in a graph (`TF_Output`). */
export interface Output {
  readonly oper: Pointer;
  readonly index: number;
}

/** The functions of TensorFlow's C API that build graphs, by their C names without the prefix. */
export interface GraphFunctions {
  NewGraph(): Pointer;
  DeleteGraph(graph: Pointer): void;
  NewOperation(graph: Pointer, type: string, name: string): Pointer;
  AddInput(description: Pointer, input: Output): void;
  AddInputList(description: Pointer, inputs: BigUint64Array, count: number): void;
  SetAttrTensor(description: Pointer, name: string, tensor: Pointer, status: Pointer): void;
  FinishOperation(description: Pointer, status: Pointer): Pointer | null;
  OperationOutputType(output: Output): number;
  GraphGetTensorNumDims(graph: Pointer, output: Output, status: Pointer): number;
  GraphGetTensorShape(graph: Pointer, output: Output, sizes: BigInt64Array, rank: number, status: Pointer): void;
  GraphToFunction(
    graph: Pointer,
    name: string,
    appendHash: 0,
    operations: -1,
    operationList: null,
    inputCount: number,
    inputs: BigUint64Array,
    outputCount: number,
    outputs: BigUint64Array,
    outputNames: null,
    options: null,
    description: null,
    status: Pointer,
  ): Pointer | null;
  DeleteFunction(fn: Pointer): void;
  ContextAddFunction(context: Pointer, fn: Pointer, status: Pointer): void;
  ContextRemoveFunction(context: Pointer, name: string, status: Pointer): void;
  /** The functions that set attributes, under the names of those for eager operations, for `setAttribute`. */
  readonly attributes: Pick<Functions, AttributeSetter>;
}

type AttributeSetter = Extract<keyof Functions, `OpSetAttr${string}`>;

/** Their C declarations. */
const DECLARATIONS: Readonly<Record<Exclude<keyof GraphFunctions, 'attributes'>, string>> = {
  NewGraph: 'void *TF_NewGraph()',
  DeleteGraph: 'void TF_DeleteGraph(void *graph)',
  NewOperation: 'void *TF_NewOperation(void *graph, const char *type, const char *name)',
  AddInput: 'void TF_AddInput(void *description, TF_Output input)',
  AddInputList: 'void TF_AddInputList(void *description, void *inputs, int count)',
  SetAttrTensor: 'void TF_SetAttrTensor(void *description, const char *name, void *tensor, void *status)',
  FinishOperation: 'void *TF_FinishOperation(void *description, void *status)',
  OperationOutputType: 'int TF_OperationOutputType(TF_Output output)',
  GraphGetTensorNumDims: 'int TF_GraphGetTensorNumDims(void *graph, TF_Output output, void *status)',
  GraphGetTensorShape:
    'void TF_GraphGetTensorShape(void *graph, TF_Output output, void *sizes, int rank, void *status)',
  GraphToFunction:
    'void *TF_GraphToFunction(void *graph, const char *name, uint8_t append_hash, int operations, void *operation_list, int input_count, void *inputs, int output_count, void *outputs, void *output_names, void *options, void *description, void *status)',
  DeleteFunction: 'void TF_DeleteFunction(void *function)',
  ContextAddFunction: 'void TFE_ContextAddFunction(void *context, void *function, void *status)',
  ContextRemoveFunction: 'void TFE_ContextRemoveFunction(void *context, const char *name, void *status)',
};

/** The C declarations of the functions that set attributes. */
const SETTERS: Readonly<Record<AttributeSetter, string>> = {
  OpSetAttrString: 'void TF_SetAttrString(void *op, const char *name, void *value, size_t length)',
  OpSetAttrStringList: 'void TF_SetAttrStringList(void *op, const char *name, void *values, void *lengths, int length)',
  OpSetAttrInt: 'void TF_SetAttrInt(void *op, const char *name, int64_t value)',
  OpSetAttrIntList: 'void TF_SetAttrIntList(void *op, const char *name, void *values, int length)',
  OpSetAttrFloat: 'void TF_SetAttrFloat(void *op, const char *name, float value)',
  OpSetAttrFloatList: 'void TF_SetAttrFloatList(void *op, const char *name, void *values, int length)',
  OpSetAttrBool: 'void TF_SetAttrBool(void *op, const char *name, uint8_t value)',
  OpSetAttrBoolList: 'void TF_SetAttrBoolList(void *op, const char *name, void *values, int length)',
  OpSetAttrType: 'void TF_SetAttrType(void *op, const char *name, int value)',
  OpSetAttrTypeList: 'void TF_SetAttrTypeList(void *op, const char *name, void *values, int length)',
  OpSetAttrShape: 'void TF_SetAttrShape(void *op, const char *name, void *shape, int rank)',
  OpSetAttrShapeList: 'void TF_SetAttrShapeList(void *op, const char *name, void *shapes, void *ranks, int length)',
  OpSetAttrFunctionName: 'void TF_SetAttrFuncName(void *op, const char *name, void *value, size_t length)',
};

let outputDeclared = false;

/**
 * Makes the functions of a loaded library callable.
 *
 * @throws Error when the library lacks one
 */
export function declareGraphFunctions(library: LibraryHandle): GraphFunctions {
  if (!outputDeclared) koffi.struct('TF_Output', { oper: 'void *', index: 'int' });
  outputDeclared = true;
  const declared = (declarations: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(declarations).map(([name, declaration]) => [name, awaitedAtEnd(library.func(declaration))]),
    );
  const setters = declared(SETTERS) as unknown as Pick<Functions, AttributeSetter>;
  const attributes = {
    ...setters,
    // Unlike those for eager operations, these take no status.
    OpSetAttrShape: (op: Pointer, name: string, shape: BigInt64Array, rank: number) =>
      (setters.OpSetAttrShape as (...all: unknown[]) => void)(op, name, shape, rank),
    OpSetAttrShapeList: (op: Pointer, name: string, shapes: BigUint64Array, ranks: Int32Array, length: number) =>
      (setters.OpSetAttrShapeList as (...all: unknown[]) => void)(op, name, shapes, ranks, length),
  };
  return { ...declared(DECLARATIONS), attributes } as unknown as GraphFunctions;
}
