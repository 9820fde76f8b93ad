// A schedule in three parts: a warm-up, a constant rate, and a cosine down to 0.
//
//   node examples/exercises/warmup-constant-cosine.js
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rateByStep, renderPng } from '@lrfind/plots';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { printSchedule, resolveSchedule, saveResult, train, useBackend } from 'lrfind';

await useBackend();

// One kind of schedule has these three parts. Its lengths are in steps, one batch each.
const schedule = resolveSchedule('warmup-stable-decay(0.01, warmup=50, stable=200, decay=250)');
// The same, joined from parts: each part starts at its own step 0.
const parts = resolveSchedule('join(warmup(0.01, steps=50), cosine(0.01, steps=250), at=250)');
const steps = [0, 25, 50, 249, 250, 375, 500];
for (const step of steps)
  console.log(`step ${step}: ${schedule(step)}${schedule(step) === parts(step) ? '' : ' DIFFERENT'}`);

// A surface to learn: 500 steps are 20 epochs of 25 batches.
const xs = Array.from({ length: 1000 }, (_, i) => [Math.sin(i), Math.cos(1.7 * i), Math.sin(2.3 * i)]);
const ys = xs.map(([a = 0, b = 0, c = 0]) => Math.sin(3 * a) * b + c * c);
const model = sequential({
  name: 'surface',
  layers: [
    layers.dense({ units: 32, activation: 'tanh', inputShape: [3] }),
    layers.dense({ units: 32, activation: 'tanh' }),
    layers.dense({ units: 1 }),
  ],
});
// Afterwards the model has its trained weights: model.predict(…) is ready.
const result = await train(model, { xs, ys }, { learningRate: schedule, optimizer: 'adam', epochs: 20 });
const loss = (/** @type {number} */ epoch) => result.training.evaluations[epoch - 1]?.validation?.loss?.toFixed(5);
console.log(`validation loss ${loss(10)} at the end of the constant rate, ${loss(20)} at the end of the cosine`);

const out = fileURLToPath(new URL('../../out/', import.meta.url));
await mkdir(out, { recursive: true });
const chart = rateByStep([{ name: printSchedule(schedule), schedule }], { steps: 520 });
await writeFile(`${out}warmup-constant-cosine.png`, await renderPng(chart));
await saveResult(result, `${out}warmup-constant-cosine-trained.png`);
