import { InputError, nearest } from '@lrfind/core';
import { resolveOptions } from '@lrfind/core/options';
import { misplaced, type Node, readText } from '@lrfind/core/schedules';
import type { Callback } from '@tensorflow/tfjs-layers';
import { type CallbackText, callbackKinds } from './registry.js';

/**
 * Makes a callback from its text form, `early-stopping(patience=5, restoreBestWeights=true)`: a name, and options by name; the
 * first may be given without its name.
 *
 * @throws InputError with the text and a mark under the error
 *
 * @example
 * const stopping = parseCallback('early-stopping(patience=5, restoreBestWeights=true)');
 * await model.fit(xs, ys, { epochs: 5, validationSplit: 0.2, callbacks: [stopping] });
 */
export function parseCallback(text: string): Callback {
  const node = readText(text);
  if (node.kind !== 'call' && node.kind !== 'word') throw misplaced(text, node.at, 'expected the name of a callback');
  const { name, parameters: schema, make } = kindNamed(text, node.at, node.kind === 'call' ? node.name : node.value);
  const parameters: Record<string, unknown> = {};
  const [first] = Object.keys(schema.properties);
  for (const [i, argument] of (node.kind === 'call' ? node.arguments : []).entries()) {
    const parameter = argument.name ?? (i === 0 ? first : undefined);
    if (parameter === undefined) throw misplaced(text, argument.at, `expected the name of an option, as in ${first}=…`);
    const value = toValue(text, argument.value);
    at(text, argument.at, () => resolveOptions(schema, { [parameter]: value }, (option) => `${name}.${option}`));
    parameters[parameter] = value;
  }
  const missing = (schema.required ?? []).filter((option) => {
    const { default: value } = schema.properties[option] as { default?: unknown };
    return !(option in parameters) && value === undefined;
  });
  if (missing.length > 0) throw misplaced(text, node.at, `${name} needs ${missing.join(', ')}`);
  return at(text, node.at, () => make(parameters));
}

function kindNamed(text: string, place: number, name: string): CallbackText {
  const forms = callbackKinds.flatMap((kind) => (kind.text ? [kind.text] : []));
  const plain = (word: string) => word.replaceAll(/[-_]/g, '').toLowerCase();
  const found = forms.find((form) => plain(form.name) === plain(name));
  if (found) return found;
  const names = forms.map((form) => form.name);
  const guess = nearest(name, names);
  throw misplaced(
    text,
    place,
    `unknown callback ${JSON.stringify(name)}; ${guess ? `did you mean ${guess}? ` : ''}Callbacks: ${names.join(', ')}`,
  );
}

function toValue(text: string, node: Node): string | number | boolean {
  if (node.kind === 'list' || node.kind === 'call')
    throw misplaced(text, node.at, 'expected a number, a name, true or false');
  return node.value === 'true' || node.value === 'false' ? node.value === 'true' : node.value;
}

function at<Result>(text: string, place: number, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw error instanceof InputError ? misplaced(text, place, error.message) : error;
  }
}
