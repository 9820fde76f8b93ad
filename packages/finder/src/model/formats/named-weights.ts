import { InputError, quotedList, suggestion } from '@lrfind/core';
import type { ByteSource } from '@lrfind/data';
import { tensor, type Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { assertFinite, assignTo } from '../weights.js';
import { type FileWeight, isSafetensors, readSafetensors } from './safetensors/read.js';

type Weight = layers.Layer['weights'][number];

/** A weight of a model, and what files call it. */
export interface NamedWeight {
  readonly weight: Weight;
  /** Its names, each in parts, from the outermost model inwards: `sequential`, `dense`, `kernel`. */
  readonly names: readonly (readonly string[])[];
}

/** How many weights a message names. */
const NAMED = 3;

/**
 * Puts the weights of a file that holds nothing else into a model: those of safetensors, by their names.
 *
 * @throws InputError for another kind of file, and as `loadNamedWeights`
 */
export async function loadWeightFile(source: ByteSource, model: LayersModel): Promise<void> {
  if (!isSafetensors(await source.slice(0, 9)))
    throw new InputError(
      `${source.name} must be a safetensors file, whose weights have the names of the model's layers; got another kind of file`,
    );
  loadNamedWeights(source.name, model, await readSafetensors(source));
}

/**
 * Puts weights from a file into a model by their names.
 *
 * A name of the file fits a weight that ends in the same parts, where all of the shorter one's are there: `sequential/dense/kernel:0`
 * and `kernel` of `dense`; the outermost model may have another name. Names of a cell within a recurrent layer (`lstm/lstm_cell/kernel`) do not count. Every weight of the file
 * must fit one of the model, and the other way round.
 *
 * @param file what messages call it
 * @param weights of the file, by name
 * @param whose layers, for messages: the file's own, or those of another one
 * @param known the weights of the model; default: by the names that TensorFlow.js gives them
 * @throws InputError that names what is left over on either side, for a name that fits several, for another shape, and for a number
 *   that is not finite; nothing is changed then
 */
export function loadNamedWeights(
  file: string,
  model: LayersModel,
  weights: ReadonlyMap<string, FileWeight>,
  whose: 'its' | "the model's" = "the model's",
  known: readonly NamedWeight[] = namedWeights(model),
): void {
  const found = new Map<NamedWeight, string>();
  const unfit: string[] = [];
  for (const name of weights.keys()) {
    const fitting = bestFits(partsOf(name), known);
    if (fitting.length > 1)
      throw new InputError(
        `${file}: the name "${name}" must fit one weight of the model; it fits ${quotedList(fitting.map(nameOf))}`,
      );
    const [fit] = fitting;
    if (!fit) unfit.push(name);
    else if (found.has(fit))
      throw new InputError(
        `${file}: each weight of the model must have one name; "${nameOf(fit)}" fits ${quotedList([found.get(fit) as string, name])}`,
      );
    else found.set(fit, name);
  }
  const missing = known.filter((each) => !found.has(each)).map(nameOf);
  if (unfit.length > 0 || missing.length > 0) throw notMatched(file, whose, unfit, missing);
  for (const [{ weight }, name] of found) {
    const { shape } = weights.get(name) as FileWeight;
    if (shape.join() !== weight.shape.join())
      throw new InputError(
        `${file}: "${name}" must have the shape [${weight.shape.join(', ')}] of its layer; got [${shape.join(', ')}]`,
      );
  }
  const values = [...found].map(([{ weight }, name]) => {
    const { values: numbers } = weights.get(name) as FileWeight;
    return { name, numbers, variable: weight.read() as Variable, tensor: tensor(numbers, weight.shape as number[]) };
  });
  try {
    assertFinite(
      file,
      values.map((each) => [each.name, each.numbers]),
    );
    // Weights are what the file says, as in Keras: a layer's own `setWeights` would apply constraints.
    assignTo(
      values.map(({ variable }) => variable),
      values.map((each) => each.tensor),
    );
  } finally {
    for (const each of values) each.tensor.dispose();
  }
}

/** The weights of a model by the names of the models and layers around them. */
export function namedWeights(model: LayersModel): NamedWeight[] {
  const names = new Map<Weight, string[][]>();
  const visit = (layer: layers.Layer, around: readonly string[]) => {
    const within = (layer as { readonly layers?: readonly layers.Layer[] }).layers;
    if (within) {
      for (const each of within) visit(each, [...around, layer.name]);
      return;
    }
    for (const weight of layer.weights) {
      const own = partsOf(weight.originalName);
      // The outermost model may be called otherwise in the program that wrote the file.
      names.set(weight, [...(names.get(weight) ?? []), [...around, ...own], [...around.slice(1), ...own]]);
    }
  };
  visit(model, []);
  return model.weights.map((weight) => ({ weight, names: names.get(weight) ?? [partsOf(weight.originalName)] }));
}

function nameOf({ names: [name = []] }: NamedWeight): string {
  return name.join('/');
}

/** What TensorFlow writes behind a name: the number of an operation's output. */
const OUTPUT = /:\d+$/;
/** The cell of a recurrent layer. */
const CELL = /^(?:(?:simple_)?rnn|lstm|gru|conv_lstm\d?d)_cell(?:_\d+)?$/i;

function partsOf(name: string): string[] {
  return name
    .replace(OUTPUT, '')
    .split('/')
    .filter((part, i, all) => !(CELL.test(part) && i === all.length - 2));
}

/** The weight that has the name itself, else those that it fits in the most parts. */
function bestFits(parts: readonly string[], known: readonly NamedWeight[]): NamedWeight[] {
  const exact = known.filter(({ weight }) => partsOf(weight.originalName).join('/') === parts.join('/'));
  if (exact.length === 1) return exact;
  let most = 0;
  let fits: NamedWeight[] = [];
  for (const each of known) {
    const common = Math.max(0, ...each.names.map((name) => commonEnd(parts, name)));
    if (common === 0 || common < most) continue;
    if (common > most) fits = [];
    most = common;
    fits.push(each);
  }
  return fits;
}

/** The number of parts of the shorter name, where it ends the longer one; at least two of both, unless they are equal. */
function commonEnd(one: readonly string[], other: readonly string[]): number {
  const length = Math.min(one.length, other.length);
  if (length < 2 && one.length !== other.length) return 0;
  for (let i = 1; i <= length; i++) if (one.at(-i) !== other.at(-i)) return 0;
  return length;
}

function notMatched(file: string, whose: string, unfit: readonly string[], missing: readonly string[]): InputError {
  const some = (names: readonly string[]) =>
    `${quotedList(names.slice(0, NAMED))}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;
  const parts = [
    ...(unfit.length > 0 ? [`the model has no ${some(unfit)}`] : []),
    ...(missing.length > 0 ? [`the file has no ${some(missing)}`] : []),
  ];
  const [first] = unfit;
  const hint = first === undefined ? '' : suggestion(first, missing);
  return new InputError(`the weights of ${file} do not fit ${whose} layers: ${parts.join('; ')}${hint}`);
}
