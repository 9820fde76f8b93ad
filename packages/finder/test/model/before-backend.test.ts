import { expect, test } from 'vitest';
import { readModelText } from './model-text.js';

test('a model that is read before a backend is set up says what to call', async () => {
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 1, batch_input_shape: [null, 2] } }];
  const text = JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers } });
  await expect(readModelText(text)).rejects.toThrow(
    'a backend must be set up before model.json is read: await useBackend()',
  );
});
