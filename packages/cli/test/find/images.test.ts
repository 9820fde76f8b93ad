import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lrfind } from '../command.js';
import { workspace } from '../workspace.js';

let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

/** A square PNG of 8 bits, red, green and blue, row after row. */
function png(size: number, pixels: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    return Buffer.concat([number(data.length), body, number(crc32(body))]);
  };
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const lines = Array.from({ length: size }, (_, y) => [
    Buffer.from([0]),
    pixels.subarray(y * size * 3, (y + 1) * size * 3),
  ]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.concat([number(size), number(size), Buffer.from([8, 2, 0, 0, 0])])),
    chunk('IDAT', deflateSync(Buffer.concat(lines.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Bright images in one class folder and dark ones in another, of two sizes. */
function images(name: string, count: number): string {
  for (const [label, base] of [
    ['bright', 200],
    ['dark', 20],
  ] as const) {
    mkdirSync(join(here.path(name), label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const size = 6 + (i % 2) * 3;
      const pixels = Buffer.from(Array.from({ length: size * size * 3 }, (_, p) => base + ((p * 7 + i * 13) % 30)));
      writeFileSync(join(here.path(name), label, `${String(i).padStart(2, '0')}.png`), png(size, pixels));
    }
  }
  return here.path(name);
}

const network = (...before: object[]) => ({
  class_name: 'Sequential',
  config: {
    layers: [
      ...before,
      { class_name: 'Flatten', config: before.length > 0 ? {} : { batch_input_shape: [null, 6, 6, 3] } },
      { class_name: 'Dense', config: { units: 2, activation: 'softmax' } },
    ],
  },
});

test('find, train, compare and data take a folder of images in class folders, in the size of the model', async () => {
  const folder = images('train', 12);
  const held = images('held', 4);
  const model = here.put('net.json', { modelTopology: network() });
  const input = ['--backend', 'wasm', '--model', model, '--data', folder];
  const found = await lrfind(
    'find',
    ...input,
    '--no-verify',
    '--batch-size',
    8,
    '--steps',
    30,
    '--repeats',
    2,
    '--json',
  );
  expect([found.code, found.stderr]).toEqual([0, '']);
  const notes: string[] = JSON.parse(found.stdout).setup.notes;
  expect(notes).toContain('24 images of 2 classes: bright 12 and dark 12');
  expect(notes.join('\n')).toMatch(/images of 6–9×6–9 pixels \(height×width\), resized to 6×6 bilinearly/);
  expect(notes).toContain('labels of "label" became classes: bright → 0 and dark → 1');

  const out = here.path('result.json');
  const parts = ['--validation', held, '--test', held, '--lr', 0.05, '--epochs', 40, '--batch-size', 8];
  const trained = await lrfind('train', ...input, ...parts, '--scale', 255, '--metrics', 'accuracy', '--out', out);
  expect(trained.code, trained.stderr).toBe(0);
  expect(JSON.parse(readFileSync(out, 'utf8')).test.metrics.accuracy).toBe(1);

  const compared = await lrfind('compare', ...input, '--validation', held, '--lr', '0.01,0.001', '--epochs', 1);
  expect(compared.code, compared.stderr).toBe(0);

  const described = await lrfind('data', '--data', folder);
  expect(described.code, described.stderr).toBe(0);
  expect(described.stdout).toMatch(/24 images of 2 classes: bright 12 and dark 12/);
});

test('a model that begins with Rescaling gets the pixels as they are', async () => {
  const folder = images('train', 6);
  const rescaling = { class_name: 'Rescaling', config: { scale: 1 / 255, batch_input_shape: [null, 6, 6, 3] } };
  const model = here.put('net.json', { modelTopology: network(rescaling) });
  const { code, stdout, stderr } = await lrfind('data', '--model', model, '--data', folder, '--json');
  expect(code, stderr).toBe(0);
  const { misfits, notes } = JSON.parse(stdout);
  expect(misfits).toEqual([]);
  expect(notes.join('\n')).not.toMatch(/scaled to mean/);
});

test('a corrupt image is one message, and nothing is written', async () => {
  const folder = images('train', 2);
  const model = here.put('net.json', { modelTopology: network() });
  here.put('train/dark/broken.jpg', 'no image');
  const { code, stdout, stderr } = await lrfind('--model', model, '--data', folder, '--out', here.path('r.json'));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^lrfind: .*train\/dark\/broken\.jpg must be an image; it cannot be decoded: [^\n]+\n$/);
  expect(here.files()).not.toContain('r.json');
});
