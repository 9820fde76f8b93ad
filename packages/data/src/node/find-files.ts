import { readdir } from 'node:fs/promises';

/** Files that programs leave in folders: hidden ones, and those of Spark, such as `_SUCCESS`. */
const clutter = /^[._]/;

/** Folders below this depth are not searched. */
const MAX_DEPTH = 12;

/** Whether a path holds letters that stand for others. */
export function isPattern(path: string): boolean {
  return /[*?{]|\[[^\]]+\]/.test(path);
}

/**
 * The files of a folder, also in folders below it, without hidden ones, in order.
 *
 * @param folder its path
 */
export async function filesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (clutter.test(entry.name)) continue;
      const own = `${path.replace(/\/$/, '')}/${entry.name}`;
      if (entry.isDirectory() && depth < MAX_DEPTH) await visit(own, depth + 1);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(own);
    }
  };
  await visit(folder, 0);
  // As people count: part-2 before part-10.
  return found.toSorted(new Intl.Collator('en', { numeric: true }).compare);
}

/**
 * The files that a pattern matches, in order.
 *
 * @param pattern with `*`, `?`, `**`, `[ab]` and `{a,b}`
 * @param windows whether folders may be separated by backslashes too, and a letter may name a drive; by default what the system is
 */
export async function filesLike(pattern: string, windows = process.platform === 'win32'): Promise<string[]> {
  const parts = (windows ? pattern.replaceAll('\\', '/') : pattern).split('/');
  const first = parts.findIndex(isPattern);
  const start = parts.slice(0, first).join('/');
  const isRoot = first === 1 && (start === '' || (windows && /^[a-z]:$/i.test(start)));
  const folder = isRoot ? `${start}/` : start || '.';
  const wanted = new RegExp(`^${expression(parts.slice(first).join('/'))}$`, 'u');
  const below = `${folder.replace(/\/$/, '')}/`;
  const files = await filesIn(folder).catch(() => []);
  const shown = start === '' && !isRoot ? '' : below;
  return files
    .map((file) => file.slice(below.length))
    .filter((file) => wanted.test(file))
    .map((file) => shown + file);
}

/** A pattern as a regular expression. */
function expression(pattern: string): string {
  const tokens = pattern.match(/\*\*\/?|\*|\?|\[[^\]]+\]|\{[^}]*\}|[^*?[{]+|./gsu) ?? [];
  return tokens
    .map((token) => {
      if (token === '**/') return '(?:[^/]+/)*';
      if (token === '**') return '.*';
      if (token === '*') return '[^/]*';
      if (token === '?') return '[^/]';
      if (token.length > 2 && token.startsWith('['))
        return `[${token
          .slice(1, -1)
          .replace(/^!/, '^')
          .replaceAll(/[\\[\]]/g, '\\$&')}]`;
      if (token.length > 1 && token.startsWith('{'))
        return `(?:${token.slice(1, -1).split(',').map(expression).join('|')})`;
      return token.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
}
