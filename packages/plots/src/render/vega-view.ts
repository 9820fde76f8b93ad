import { InputError, notAllowed } from '@lrfind/core';
import type { View } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { fontFamily, textWidth } from '../text/width.js';

/** Receives a warning about a specification. */
export type OnWarning = (message: string) => void;

/**
 * Makes a Vega view of a Vega-Lite specification, without a browser and without a canvas, and disposes of it after use.
 *
 * @throws InputError when it is not a Vega-Lite specification
 */
export async function withView<Result>(
  spec: TopLevelSpec,
  onWarning: OnWarning,
  use: (view: View) => Promise<Result>,
): Promise<Result> {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec))
    throw notAllowed('spec', 'a Vega-Lite specification', spec);
  // Vega takes half a second to load, so only drawing loads it.
  const [vega, { compile }, { expressionInterpreter }] = await Promise.all([
    import('vega'),
    import('vega-lite'),
    import('vega-interpreter'),
  ]);
  measureWithBundledFont(vega);
  const logger = listener(onWarning);
  // Expressions are interpreted, since a page whose policy is strict may not make code of text.
  const runtime = vega.parse(compiled(spec, compile, logger), undefined, { ast: true });
  const view = new vega.View(runtime, { renderer: 'none', logger, expr: expressionInterpreter });
  try {
    return await use(view);
  } finally {
    view.finalize();
  }
}

function compiled(spec: TopLevelSpec, compile: typeof import('vega-lite').compile, logger: Logger) {
  try {
    return compile(spec, { logger, config: { font: fontFamily } }).spec;
  } catch (cause) {
    throw new InputError(`spec must be a Vega-Lite specification: ${(cause as Error).message}`, { cause });
  }
}

type Logger = import('vega').LoggerInterface;

/** A logger that passes on warnings and throws errors, which Vega would otherwise only print. */
function listener(onWarning: OnWarning): Logger {
  const logger: Logger = {
    level: ((level?: number) => (level === undefined ? 2 : logger)) as Logger['level'],
    error: (...causes: readonly unknown[]) => {
      const [first] = causes;
      throw first instanceof Error ? first : new Error(causes.join(' '));
    },
    warn: (...messages: readonly unknown[]) => {
      onWarning(messages.join(' '));
      return logger;
    },
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  font?: string;
  fontSize?: number;
  fontWeight?: string | number;
}

let measuring = false;

/**
 * Makes Vega measure texts in the bundled font by its true widths; without a canvas it would guess. Vega has one function
 * for all texts, so texts in other fonts still go to the original one.
 */
function measureWithBundledFont(vega: typeof import('vega')): void {
  if (measuring) return;
  measuring = true;
  // Exported, but missing from Vega's type declarations.
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  const original = textMetrics.width;
  textMetrics.width = (item, text) => {
    if (!String(item.font ?? '').startsWith('DejaVu Sans')) return original(item, text);
    const weight = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600 ? 'bold' : 'normal';
    return textWidth(String(text ?? '').trim(), item.fontSize ?? 11, weight);
  };
}
