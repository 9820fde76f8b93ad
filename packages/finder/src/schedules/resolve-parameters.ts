import type { Static, TObject } from 'typebox';
import { InputError } from '../errors.js';
import { resolveOptions } from '../options.js';

/**
 * Checks parameters against their declaration and fills in the defaults, as `resolveOptions` does, and checks what that leaves
 * open: that none is missing, and that a function is one.
 *
 * @param declared a parameter without a default must be given, unless it is optional
 * @param given what came; `undefined` counts as left out
 * @param label how a parameter is called in messages
 * @throws InputError naming the parameter, what came and what is allowed
 */
export function resolveParameters<Parameters extends TObject>(
  declared: Parameters,
  given: Readonly<Record<string, unknown>>,
  label: (parameter: string) => string,
): Static<Parameters> {
  const resolved = resolveOptions(declared, given, label) as Record<string, unknown>;
  for (const [parameter, schema] of Object.entries(declared.properties)) {
    const { description, function: wantsFunction } = schema as { description?: string; function?: boolean };
    if (!(parameter in resolved)) {
      if (!(declared.required as readonly string[]).includes(parameter)) continue;
      throw new InputError(`${label(parameter)} is missing: ${description}`);
    }
    if (wantsFunction && typeof resolved[parameter] !== 'function') {
      throw new InputError(`${label(parameter)} must be a function, came ${JSON.stringify(resolved[parameter])}`);
    }
  }
  return resolved as Static<Parameters>;
}
