import type { ResolvedOptimizer } from './registry.js';

/** An optimizer in a word or a few: its name and the parameters that are not Keras's defaults, `sgd momentum=0.9`. */
export function optimizerText({ kind, parameters }: ResolvedOptimizer): string {
  const changed = Object.entries(parameters).filter(
    ([name, value]) => (kind.parameters.properties[name] as { default?: unknown }).default !== value,
  );
  return [kind.name, ...changed.map(([name, value]) => `${name}=${value}`)].join(' ');
}
