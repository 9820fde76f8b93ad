import { InputError } from '@lrfind/core';

/** The members of TensorFlow.js's global that tell whether it is the one that is needed. */
interface PageTf {
  readonly version?: Readonly<Record<string, string>>;
  readonly LayersModel?: unknown;
}

/** The version whose internals lrfind knows. */
const VERSION = '4.22.0';

/**
 * TensorFlow.js as the page has loaded it, by a script tag before.
 *
 * @throws InputError when there is none, or one without layers, or of another version
 */
export const tf: PageTf = found();

function found(): PageTf {
  const page = globalThis as { tf?: PageTf; ml5?: { tf?: PageTf } };
  const candidate = page.tf ?? page.ml5?.tf;
  const wanted = `@lrfind/browser/with-tf must come after a script tag of @tensorflow/tfjs ${VERSION} or of ml5`;
  if (!candidate) throw new InputError(`${wanted}; there is neither globalThis.tf nor ml5.tf`);
  const name = page.tf ? 'globalThis.tf' : 'ml5.tf';
  if (!candidate.LayersModel) throw new InputError(`${wanted}; ${name} has no layers`);
  const version = candidate.version?.['tfjs-core'];
  if (version !== VERSION) throw new InputError(`${wanted}; ${name} is of version ${version ?? 'unknown'}`);
  return candidate;
}
