import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * A stack trace that names the places in the sources, in place of those in bundled modules, whose names and lines are shortened. Only
 * where a source map lies beside the module. Node's own `--enable-source-maps` would read the maps at every start.
 *
 * @param stack an error's
 */
export function stackInSources(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replace(/(file:[^\s()]+\.js):(\d+):(\d+)/g, (place, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, sourceMapOf(url));
    const found = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!found || !('originalSource' in found)) return place;
    return `${new URL(found.originalSource, url)}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

function sourceMapOf(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')));
  } catch {
    // There is none, or none that can be read: the place in the module is better than nothing.
    return undefined;
  }
}
