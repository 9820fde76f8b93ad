import type { Inputs } from '../protocol.js';

/** What was chosen: a model and a table, and stored results. */
export interface Chosen {
  readonly inputs: Inputs;
  readonly results: readonly File[];
}

/** Files of a model: its main file, and those of its weights. */
const MODEL = /\.(keras|h5|hdf5)$/i;
const WEIGHTS = /\.(bin|safetensors)$/i;

/**
 * Sorts files by what they are. Those that were chosen before stay, unless another one takes their place.
 *
 * @param before what was chosen until now
 */
export async function chosenWith(before: Inputs, files: readonly File[]): Promise<Chosen> {
  const results: File[] = [];
  let { model, table } = before;
  for (const file of files) {
    if (WEIGHTS.test(file.name)) continue;
    const kind = await kindOf(file);
    if (kind === 'result') results.push(file);
    else if (kind === 'model') model = file;
    else table = file;
  }
  const others = before.files.filter(({ name }) => !files.some((file) => file.name === name));
  return { inputs: { model, table, files: [...others, ...files] }, results };
}

/** The files that a folder or a list holds, as they were dropped. */
export function droppedFiles(transfer: DataTransfer | null): File[] {
  return [...(transfer?.files ?? [])];
}

/** JSON may be a model, a result, or a table of records. */
async function kindOf(file: File): Promise<'model' | 'table' | 'result'> {
  if (MODEL.test(file.name)) return 'model';
  if (!/\.json$/i.test(file.name)) return 'table';
  const head = await file.slice(0, 4096).text();
  if (/^\s*\{\s*"format":\s*"lrfind-/.test(head)) return 'result';
  return /^\s*\{/.test(head) && /"(modelTopology|class_name|weightsManifest)"/.test(head) ? 'model' : 'table';
}
