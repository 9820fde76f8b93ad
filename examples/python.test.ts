import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A Python with Keras 3. */
const python = process.env.LRFIND_KERAS_PYTHON;

test('Keras is there where it is required', () => {
  if (process.env.LRFIND_REQUIRE_KERAS) expect(python).toBeDefined();
});

describe.skipIf(python === undefined)('the pages with Python', () => {
  mkdirSync(`${root}out`, { recursive: true });
  const folder = mkdtempSync(`${root}out/python-`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('the loop of docs/any-training-loop.md answers lrfind, which finds a rate that trains', async () => {
    const page = readFileSync(`${root}docs/any-training-loop.md`, 'utf8');
    const [code] = /(?<=^```python\n)[\s\S]*?(?=^```$)/m.exec(page) as [string];
    writeFileSync(join(folder, 'keras_loop.py'), code);
    const [command] = /(?<=^lrfind )loop .* -- python keras_loop\.py$/m.exec(page) as [string];
    const argv = command.replace(/ -- .*$/, '').split(' ');
    const program = ['--steps', '100', '--repeats', '2', '--', python as string, 'keras_loop.py'];
    const { stdout } = await promisify(execFile)('npx', ['lrfind', ...argv, ...program], {
      cwd: folder,
      env: { ...process.env, KERAS_BACKEND: 'jax' },
    });
    expect(stdout).toMatch(/^learning rate {3}0\.0/m);
    const { suggestion, sweeps } = JSON.parse(readFileSync(join(folder, 'keras.json'), 'utf8'));
    // Usual rates of Adam for small networks.
    expect(suggestion.learningRate).toBeGreaterThan(5e-4);
    expect(suggestion.learningRate).toBeLessThan(0.1);
    // Each sweep begins with new weights: a loss about that of a guess between two classes.
    for (const { points } of sweeps) expect(points[0].loss).toBeLessThan(1.5);
    expect(sweeps[0].points[0].loss).not.toBe(sweeps[1].points[0].loss);
  });

  test('the blocks of docs/python.md run one after the other, and lrfind takes what they have written', async () => {
    const page = readFileSync(`${root}docs/python.md`, 'utf8');
    const blocks = [...page.matchAll(/^```python\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
    expect(blocks).toHaveLength(5);
    const check = `
linear = dense(4, 1000)
linear.build((None, 4))
print(json.dumps({
    "rate": float(model.optimizer.learning_rate.numpy()),
    "val_loss": history.history["val_loss"],
    "copied": (twin.layers[0].get_weights()[0] == state["0.weight"].T).all().item(),
    "bounds": [float(abs(weight).max()) for weight in linear.get_weights()],
}))`;
    writeFileSync(join(folder, 'page.py'), `${blocks.join('\n')}\n${check}\n`);
    const { stdout } = await promisify(execFile)(python as string, ['page.py'], {
      cwd: folder,
      env: { ...process.env, KERAS_BACKEND: 'jax' },
    });
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^\S+, between \S+ and \S+: (sure|fair|unsure)$/);
    const { rate, val_loss, copied, bounds } = JSON.parse(lines.at(-1) as string);
    expect(Number(rate.toPrecision(2))).toBe(Number(lines[0]?.split(',')[0]));
    expect(val_loss.at(-1)).toBeLessThan(val_loss[0]);
    expect(copied).toBe(true);
    // Those of nn.Linear are uniform up to one over the root of its inputs.
    for (const bound of bounds) {
      expect(bound).toBeGreaterThan(0.48);
      expect(bound).toBeLessThanOrEqual(0.5);
    }

    const options = ['--loss', 'softmaxCrossEntropy', '--no-verify', '--repeats', '1', '--steps', '40', '--quiet'];
    const argv = ['lrfind', 'find', '--model', 'twin-with-weights.keras', '--data', 'data.npz', ...options];
    const found = await promisify(execFile)('npx', argv, { cwd: folder });
    expect(Number(found.stdout)).toBeGreaterThan(0);
  });
});
