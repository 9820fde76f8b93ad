// Pictures of a search for a report: a Vega-Lite specification, SVG and PNG. Writes to out/.
//
//   node examples/pictures.js
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { lossByRate, renderPng, renderSvg } from '@lrfind/plots';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { findLearningRate, useBackend } from 'lrfind';

await useBackend();

const xs = Array.from({ length: 512 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i), Math.sin(2.3 * i)]);
const ys = xs.map(([a = 0, b = 0, c = 0]) => a * b + c * c);
const model = sequential({
  name: 'surface',
  layers: [layers.dense({ units: 16, activation: 'tanh', inputShape: [3] }), layers.dense({ units: 1 })],
});

// The chart also shows the loss on the validation rows.
const result = await findLearningRate(model, { xs, ys }, { initialWeights: 'drawn', validationSplit: 0.2 });

// A chart is a plain Vega-Lite specification with its data: change what you like before you render it.
const spec = lossByRate(result, { width: 800, height: 500, theme: 'light', title: 'Which learning rate?' });
const folder = fileURLToPath(new URL('../out/', import.meta.url));
const files = {
  'surface.vl.json': JSON.stringify(spec),
  'surface.svg': await renderSvg(spec),
  'surface.png': await renderPng(spec, { scale: 2 }),
  // The result itself: `lrfind plot out/surface.json -o again.svg` draws it again without training.
  'surface.json': JSON.stringify(result),
};
await mkdir(folder, { recursive: true });
for (const [name, contents] of Object.entries(files)) {
  await writeFile(folder + name, contents);
  console.log(`wrote out/${name}`);
}
