import { counted, InputError } from '@lrfind/core';
import type { ColumnDescription, TableDescription } from '@lrfind/core/results';
import { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** The layers before the output of a plain model, and the rule by which they were chosen. */
export interface PlainNet {
  readonly layers: readonly Layer[];
  /** What was built and why, in a sentence without its end. */
  readonly why: string;
}

/** An entry of the table of plain nets. */
export interface NetKind {
  readonly name: 'dense' | 'embedding' | 'conv' | 'recurrent';
  /** For help: what it is for. */
  readonly summary: string;
  /** Whether a table asks for it by itself. The first entry that says so is taken. */
  readonly suits: (table: TableDescription) => boolean;
  /**
   * Builds its layers.
   *
   * @param units of the output
   * @throws InputError for a table that it is not for
   */
  readonly build: (table: TableDescription, units: number) => PlainNet;
}

/** Every plain net, in the order in which they are tried. Add one as an entry here. */
export const nets: readonly NetKind[] = [
  { name: 'recurrent', summary: 'windows of a series', suits: isSeries, build: recurrent },
  {
    name: 'conv',
    summary: 'pixels of square images, or windows of a series',
    suits: (table) => !isSeries(table) && imageOf(table) !== null && (isArray(table) || hasPixelNames(table)),
    build: conv,
  },
  { name: 'embedding', summary: 'token ids', suits: hasTokenNames, build: embedding },
  { name: 'dense', summary: 'any table', suits: () => true, build: dense },
];

const [LEAST_WIDTH, MOST_WIDTH] = [16, 256] as const;

/** A weight for a tenth of a row at most, where the table is small. */
const PARAMETERS_PER_ROW = 10;

/** The power of two at or above a number, within bounds. */
function powerOfTwo(wanted: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, 2 ** Math.ceil(Math.log2(Math.max(1, wanted)))));
}

function dense({ inputs, usable }: TableDescription, units: number): PlainNet {
  const shape = inputs[0] ?? [];
  const features = shape.reduce((size, length) => size * length, 1);
  const count = (width: number) => (features + 1) * width + (width + 1) * (width / 2) + (width / 2 + 1) * units;
  let width = powerOfTwo(2 * features, LEAST_WIDTH, MOST_WIDTH);
  while (width > LEAST_WIDTH && count(width) > PARAMETERS_PER_ROW * usable) width /= 2;
  const flat = shape.length > 1 ? [layers.flatten({ inputShape: [...shape], name: 'flatten' })] : [];
  const first = flat.length > 0 ? {} : { inputShape: [...shape] };
  return {
    layers: [
      ...flat,
      layers.dense({ units: width, activation: 'relu', name: 'hidden_1', ...first }),
      layers.dense({ units: width / 2, activation: 'relu', name: 'hidden_2' }),
    ],
    why: `a dense net with hidden layers of ${width} and ${width / 2} units: the power of two at or above twice the ${features} features, from ${LEAST_WIDTH} to ${MOST_WIDTH}, halved while there are more than ${PARAMETERS_PER_ROW} weights a row`,
  };
}

function embedding(table: TableDescription): PlainNet {
  const columns = featureColumns(table);
  const wrong = columns.find(({ numbers }) => !numbers?.whole || numbers.low < 0);
  if (wrong || isSeries(table))
    throw new InputError(
      `net embedding must have whole numbers from 0 in each feature column; got ${wrong ? `column "${wrong.name}"` : 'windows of a series'}`,
    );
  const ids = Math.max(...columns.map(({ numbers }) => numbers?.high ?? 0)) + 1;
  const size = powerOfTwo(Math.sqrt(ids), 8, 64);
  return {
    layers: [
      layers.embedding({ inputDim: ids, outputDim: size, inputLength: columns.length, name: 'embedding' }),
      layers.globalAveragePooling1d({ name: 'mean' } as never),
      layers.dense({ units: 2 * size, activation: 'relu', name: 'hidden' }),
    ],
    why: `an embedding of ${ids} ids, one more than the greatest, in ${size} numbers: the power of two at or above the root of the ids, from 8 to 64; then their mean and a dense layer`,
  };
}

function conv(table: TableDescription): PlainNet {
  if (isSeries(table)) return convOfSeries(table);
  const shape = imageOf(table);
  if (!shape)
    throw new InputError(
      `net conv must have a square of pixels as features, h × h or h × h × 3, of at least 8 × 8; got ${counted(featureColumns(table).length, 'feature')}`,
    );
  const same = { kernelSize: 3, padding: 'same', activation: 'relu' } as const;
  return {
    layers: [
      layers.conv2d({ filters: 16, ...same, inputShape: shape, name: 'conv_1' }),
      layers.maxPooling2d({ poolSize: 2, name: 'pool_1' }),
      layers.conv2d({ filters: 32, ...same, name: 'conv_2' }),
      layers.maxPooling2d({ poolSize: 2, name: 'pool_2' }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ units: 64, activation: 'relu', name: 'hidden' }),
    ],
    why: `a convolutional net for images of ${shape.join(' × ')}, pixel after pixel in rows: 16 and 32 filters of 3 × 3, each with pooling, then a dense layer`,
  };
}

function convOfSeries({ inputs }: TableDescription): PlainNet {
  const shape = [...(inputs[0] ?? [])];
  const kernelSize = Math.min(5, shape[0] ?? 1);
  return {
    layers: [
      layers.conv1d({ filters: 32, kernelSize, activation: 'relu', inputShape: shape, name: 'conv' }),
      layers.flatten({ name: 'flatten' }),
      layers.dense({ units: 32, activation: 'relu', name: 'hidden' }),
    ],
    why: `a convolutional net for windows of ${shape.join(' × ')}: 32 filters over ${kernelSize} rows, then a dense layer`,
  };
}

function recurrent(table: TableDescription): PlainNet {
  if (!isSeries(table)) throw new InputError('net recurrent must have windows of a series; got rows');
  const shape = [...(table.inputs[0] ?? [])];
  const units = powerOfTwo(2 * (shape[1] ?? 1), LEAST_WIDTH, 64);
  return {
    layers: [layers.gru({ units, inputShape: shape, resetAfter: false, name: 'gru' } as never)],
    why: `a GRU of ${units} units over windows of ${shape.join(' × ')}: the power of two at or above twice the features, from ${LEAST_WIDTH} to 64`,
  };
}

function isSeries({ inputs }: TableDescription): boolean {
  return inputs[0]?.length === 2;
}

/** Whether the features are one array of the file, with a shape of its own. */
function isArray({ inputs }: TableDescription): boolean {
  return inputs[0]?.length === 3;
}

function featureColumns({ columns }: TableDescription): ColumnDescription[] {
  return columns.filter(({ role }) => role === 'feature');
}

/** The shape of an image of which the features are the pixels; null where they can be none. */
function imageOf(table: TableDescription): number[] | null {
  if (isArray(table)) return [...(table.inputs[0] ?? [])];
  const columns = featureColumns(table);
  if (columns.some(({ numbers, categories }) => categories || !numbers || numbers.low < 0)) return null;
  for (const channels of [1, 3]) {
    const side = Math.sqrt(columns.length / channels);
    if (Number.isInteger(side) && side >= 8) return [side, side, channels];
  }
  return null;
}

function hasPixelNames(table: TableDescription): boolean {
  return featureColumns(table).every(({ name }) => /^(pixels?|px|p|x|image|img)?[ _.-]?\d+([_x.-]\d+)*$/i.test(name));
}

function hasTokenNames(table: TableDescription): boolean {
  const columns = featureColumns(table);
  return (
    !isSeries(table) &&
    columns.length > 1 &&
    columns.every(
      ({ name, numbers }) =>
        /^(tokens?|toks?|words?|w|t|ids?|chars?|input_ids?)[ _.-]?\d+$/i.test(name) &&
        numbers?.whole &&
        numbers.low >= 0,
    ) &&
    columns.some(({ numbers }) => (numbers?.high ?? 0) > 1)
  );
}
