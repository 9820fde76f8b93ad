// The learning rate for handwritten digits, the tutorial's network and Adam. Writes pictures and the result to out/.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digits, writeTable } from './mnist/digits.js';

const root = fileURLToPath(new URL('..', import.meta.url));
mkdirSync(`${root}out`, { recursive: true });
await writeTable(`${root}out/mnist.csv`, digits());

const command = [
  ...['--model', 'fixtures/mnist-mlp/model.json'],
  ...['--data', 'out/mnist.csv'],
  ...['--scale', 'none', '--batch-size', '128'],
  ...['--out', 'out/mnist.png,out/mnist.svg,out/mnist.json'],
];
console.log(`$ lrfind ${command.join(' ')}`);
const { status } = spawnSync(process.execPath, ['packages/cli/bin/lrfind.js', ...command, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
