import { backendInUse, useBackend } from '@lrfind/backends';
import { getBackend } from '@tensorflow/tfjs-core';

/** Where tensors are computed. */
export interface CorrectedBackend {
  /** In words, such as `CPU, WebAssembly SIMD`. */
  readonly device: string;
  /** What its user should know: that it was chosen here and why, or that it is slow. */
  readonly notes: readonly string[];
}

/**
 * The backend that is in use, corrected for training where it is one of ours; the best one when there is none yet. A backend
 * that the caller chose is never exchanged.
 */
export async function correctedBackend(): Promise<CorrectedBackend> {
  const current = getBackend() as string | undefined;
  const ours = current === undefined ? 'auto' : CORRECTED.find((name) => name === current);
  const opened = ours ? await useBackend(ours) : backendInUse();
  if (!opened) return { device: current as string, notes: [] };
  const { name, device, why } = opened;
  if (ours === 'auto') return { device, notes: [`backend ${name}: ${why}`] };
  const slow = 'backend cpu: plain JavaScript, slow; call useBackend() first for a better one';
  return { device, notes: name === 'cpu' ? [slow] : [] };
}

/** Backends of TensorFlow.js's own that ours take the place of. TensorFlow's is either ours already, or another package's. */
const CORRECTED = ['wasm', 'cpu'] as const;
