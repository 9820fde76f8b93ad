import type { ByteSource } from '@lrfind/data';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A model read from a file. */
export interface ModelFile {
  readonly model: LayersModel;
  /** Whether the file has weights. If not, each seed draws its own. */
  readonly hasWeights: boolean;
  /** The file's own loss and optimizer, as written there, or null. */
  readonly trainingConfig: TrainingConfig | null;
  /** What is otherwise than in the program that wrote the file, in sentences. Left out: nothing. */
  readonly notes?: readonly string[];
  /** The state of the optimizer, as written there. Left out: the file has none. */
  readonly optimizerVariables?: OptimizerVariables;
}

/** The state of a compiled model's optimizer, as Keras saves it. */
export interface OptimizerVariables {
  /** All of it in the file's order; the name is null where the file has none. */
  readonly variables: readonly { readonly name: string | null; readonly values: Float32Array }[];
  /** The names of the variables of the trained weights, in Keras's order. */
  readonly weights: readonly { readonly name: string; readonly size: number }[];
}

/** How a model is read. */
export interface ReadModelOptions {
  /**
   * Where the weights are: another file, whose weights must be those of the model, or `'none'`, so that each seed draws its own.
   * Default: where the model's file says.
   */
  readonly weights?: ByteSource | 'none' | undefined;
}

/** What a compiled model saves about its training. */
export interface TrainingConfig {
  readonly loss?: unknown;
  readonly optimizer_config?: unknown;
  readonly loss_weights?: unknown;
  readonly metrics?: unknown;
  readonly weighted_metrics?: unknown;
  readonly sample_weight_mode?: unknown;
}

/** An entry of the table of model formats. */
export interface ModelFormat {
  /** What help and docs call it. */
  readonly name: string;
  /** Endings of its files, such as `.json`. */
  readonly extensions: readonly string[];
  /** Whether a file is of this format, by its first bytes. Left out: known by its extension alone. */
  readonly matches?: (bytes: Uint8Array) => boolean;
  /**
   * Builds the model.
   *
   * @param source the file, for its name and for files next to it
   * @param bytes its content
   * @param options where the weights are
   * @throws InputError naming the file, and the layer where there is one
   */
  read(source: ByteSource, bytes: Uint8Array, options: ReadModelOptions): Promise<ModelFile>;
  /**
   * The names of the other files that `read` reads, such as those of the weights, each as `sibling` takes it. Left out: there
   * are none.
   *
   * @param bytes the content of the main file
   * @returns none for content that is damaged, about which `read` throws
   */
  parts?(bytes: Uint8Array): readonly string[];
}
