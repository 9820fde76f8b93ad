import type { Pointer } from './c-functions.js';
import type { Context } from './context.js';

interface SavedModel {
  readonly session: Pointer;
  readonly graph: Pointer;
}

/** The loaded models in TensorFlow's own format, by id. */
export class SavedModels {
  readonly #context: Context;
  readonly #models = new Map<number, SavedModel>();
  #loaded = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** The number of loaded models. */
  get size(): number {
    return this.#models.size;
  }

  /**
   * Loads the graph of a saved model that has exactly these tags, with its weights.
   *
   * @param folder the folder that holds `saved_model.pb`
   * @returns the model's id
   * @throws TensorFlowError when there is no such model
   */
  load(folder: string, tags: readonly string[]): number {
    const { c, status, config } = this.#context;
    const options = c.NewSessionOptions();
    const graph = c.NewGraph();
    try {
      c.SetConfig(options, config, config.length, status.pointer);
      status.check();
      const { pointer } = status;
      const session = c.LoadSessionFromSavedModel(options, null, folder, tags, tags.length, graph, null, pointer);
      status.check();
      this.#models.set(++this.#loaded, { session, graph });
      return this.#loaded;
    } catch (error) {
      c.DeleteGraph(graph);
      throw error;
    } finally {
      c.DeleteSessionOptions(options);
    }
  }

  /**
   * Runs a model.
   *
   * @param inputs handles of tensors, one for each name
   * @param inputNames names of tensors of the graph, such as `serving_default_x` or `serving_default_x:0`
   * @param outputNames names of the tensors to compute
   * @returns their handles, which the caller must delete
   * @throws RangeError for a name that the graph does not have, or another number of inputs
   * @throws TensorFlowError when an output cannot be computed
   */
  run(
    id: number,
    inputs: readonly Pointer[],
    inputNames: readonly string[],
    outputNames: readonly string[],
  ): Pointer[] {
    const { c, status } = this.#context;
    const { session, graph } = this.#model(id);
    if (inputs.length !== inputNames.length) {
      throw new RangeError(
        `tensors must be as many as the ${inputNames.length} inputs ${inputNames}; got ${inputs.length}`,
      );
    }
    const graphInputs = this.#graphOutputs(graph, inputNames);
    const graphOutputs = this.#graphOutputs(graph, outputNames);
    const values = new BigUint64Array(inputs.length);
    const results = new BigUint64Array(outputNames.length);
    try {
      inputs.forEach((input, i) => {
        values[i] = c.TensorHandleResolve(input, status.pointer);
        status.check();
      });
      c.SessionRun(
        session,
        null,
        graphInputs,
        values,
        values.length,
        graphOutputs,
        results,
        results.length,
        null,
        0,
        null,
        status.pointer,
      );
      status.check();
      return Array.from(results, (result) => {
        const handle = c.NewTensorHandle(result, status.pointer);
        status.check();
        return handle;
      });
    } finally {
      for (const tensor of [...values, ...results]) if (tensor) c.DeleteTensor(tensor);
    }
  }

  /**
   * Deletes a model.
   *
   * @throws RangeError when there is no such model
   */
  delete(id: number): void {
    const { c, status } = this.#context;
    const { session, graph } = this.#model(id);
    this.#models.delete(id);
    c.DeleteSession(session, status.pointer);
    c.DeleteGraph(graph);
    status.check();
  }

  /** Deletes all models. */
  dispose(): void {
    for (const id of [...this.#models.keys()]) this.delete(id);
  }

  #model(id: number): SavedModel {
    const model = this.#models.get(id);
    if (!model) throw new RangeError(`there is no saved model ${id}; it was deleted, or never loaded`);
    return model;
  }

  /** Outputs of a graph's operations as an array of `TF_Output`: the operation's address, then the output's index. */
  #graphOutputs(graph: Pointer, names: readonly string[]): BigUint64Array {
    const { c } = this.#context;
    return BigUint64Array.from(
      names.flatMap((name) => {
        const [operationName = '', index = '0'] = name.split(':');
        const operation = c.GraphOperationByName(graph, operationName);
        if (!operation || !/^\d+$/.test(index) || Number(index) >= c.OperationNumOutputs(operation)) {
          throw new RangeError(`the saved model has no tensor ${name}`);
        }
        return [operation, BigInt(index)];
      }),
    );
  }
}
