import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dense = (units: number, activation: string, extra: object = {}) => ({
  class_name: 'Dense',
  config: { units, activation, name: `dense_${units}_${activation}`, ...extra },
});

/** The topology of a small classifier of three classes over two features. */
export const classifier = {
  class_name: 'Sequential',
  config: { name: 'classifier', layers: [dense(8, 'relu', { batch_input_shape: [null, 2] }), dense(3, 'softmax')] },
};

/** 120 rows of two features and three classes that can be told apart. */
export const table = [
  'a,b,y',
  ...Array.from(
    { length: 120 },
    (_, i) => `${Math.sin(i).toFixed(4)},${((i % 3) + 0.1 * Math.cos(7 * i)).toFixed(4)},${i % 3}`,
  ),
  '',
].join('\n');

/** A folder of its own with a model, a table and whatever else a test puts there. */
export function workspace() {
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-'));
  const put = (name: string, contents: string | object | Buffer) => {
    const plain = typeof contents === 'string' || Buffer.isBuffer(contents);
    writeFileSync(join(folder, name), plain ? contents : JSON.stringify(contents));
    return join(folder, name);
  };
  return {
    put,
    folder: (name: string) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    },
    path: (name: string) => join(folder, name),
    files: () => readdirSync(folder).toSorted(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
    model: put('model.json', { modelTopology: classifier }),
    data: put('data.csv', table),
  };
}
