import { tensor } from '@tensorflow/tfjs-core';
import { buildModel } from '../../model/initial-weights.js';
import { layersWithin } from '../../model/layers-within.js';
import { assignTo, weightVariables } from '../../model/weights.js';
import { openSession, type Session } from '../session.js';
import type { SessionCopy } from './session-copy.js';

/** Opens a session that was copied, on a model of its own. */
export async function openCopy({
  topology,
  frozen,
  weights,
  rows,
  holdsOutAtRandom,
  options,
}: SessionCopy): Promise<Session> {
  const model = await buildModel(topology, Math.random);
  for (const [i, layer] of [...layersWithin(model)].entries()) if (frozen[i]) layer.trainable = false;
  const values = weights.map((weight) => tensor(weight.values, [...weight.shape]));
  assignTo(weightVariables(model), values);
  for (const each of values) each.dispose();
  return openSession(model, rows.dataset, { ...options, given: { data: rows, holdsOutAtRandom } });
}
