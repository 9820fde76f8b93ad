// In Node, tfjs-core comes without a backend, so the first tensor, or the first layer, would throw "No backend found in
// registry". A program that imports lrfind gets plain JavaScript there, which can be loaded at once; the first search or
// training replaces it by the best backend.
import { createRequire } from 'node:module';
import { engine } from '@tensorflow/tfjs-core';
import { registerGradients } from '../gradients/register.js';
import { setProvisional, useBackend } from '../registry.js';
import { registerTensorMethods } from '../tensor-methods.js';

/** The private members of TensorFlow.js's engine that choose a backend when nobody did. */
interface Choosing {
  readonly registryFactory: object;
  initializeBackendsAndReturnBest(): { name: string; asyncInit: boolean };
  ready(): Promise<void>;
  findBackend(name: string): { firstUse?: boolean };
}

const require = createRequire(import.meta.url);
const choosing = engine() as unknown as Choosing;
const isEmpty = () => Object.keys(choosing.registryFactory).length === 0;
const best = choosing.initializeBackendsAndReturnBest.bind(choosing);
const ready = choosing.ready.bind(choosing);

choosing.initializeBackendsAndReturnBest = () => {
  const isOurs = isEmpty();
  if (isOurs) {
    require('@tensorflow/tfjs-backend-cpu');
    registerGradients();
    registerTensorMethods();
  }
  const chosen = best();
  // Otherwise the first tensor prints an advertisement for another package.
  if (isOurs) choosing.findBackend(chosen.name).firstUse = false;
  setProvisional(chosen.name);
  return chosen;
};

choosing.ready = async () => {
  if (isEmpty()) await useBackend();
  else await ready();
};
