// The tutorial's real-world example as one command: handwritten digits, a piecewise-constant schedule with a warm-up, the rate of
// every epoch, the test accuracy, and the training history in out/mnist_training.png. In Keras it is a program of 70 lines.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeTables } from '../mnist/digits.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
await writeTables(`${root}out`);

// The tutorial's boundaries are 1000, 2000 and 3000 of 4220 steps. Here are fewer digits and 570 steps; these are the same shares.
const schedule = 'piecewise-constant([0.0003, 0.001, 0.0005, 0.0001], at=[135, 270, 405])';
const command = [
  ...['train', '--model', 'fixtures/mnist-mlp/model.json'],
  ...['--data', 'out/mnist-train.csv', '--test', 'out/mnist-test.csv', '--scale', 'none'],
  ...['--optimizer', 'adam', '--schedule', schedule],
  ...['--epochs', '10', '--batch-size', '128', '--validation-split', '0.1'],
  ...['--out', 'out/mnist_training.png,out/mnist_training.json'],
];
const quoted = command.map((word) => (/[ ([]/.test(word) ? `"${word}"` : word));
console.log(`$ lrfind ${quoted.join(' ')}`);
const { status } = spawnSync(process.execPath, ['packages/cli/bin/lrfind.js', ...command, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
