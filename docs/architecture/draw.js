// Draws the packages and their folders into docs/architecture.md, from the imports in the sources:
//
//   node docs/architecture/draw.js
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folderImports, layers, manifest, packageImports, packageNames } from './imports.js';

const page = fileURLToPath(new URL('../architecture.md', import.meta.url));

/** The packages as a Mermaid flowchart: an arrow from each to those that it imports, without those it also reaches otherwise. */
function drawPackages() {
  const imports = packageImports();
  /** @param {string} from @param {string} to @returns {boolean} */
  const reaches = (from, to) => imports.some((each) => each.from === from && (each.to === to || reaches(each.to, to)));
  const direct = imports.filter(
    ({ from, to }) => !imports.some((other) => other.from === from && other.to !== to && reaches(other.to, to)),
  );
  const arrows = direct.map(({ from, to }) => `  ${from} --> ${to}`).toSorted();
  return ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n');
}

/** A table of the packages: what each is, what it imports, and its folders from the lowest to the highest. */
function tabulate() {
  const imports = packageImports();
  const rows = layers(packageNames, imports)
    .flat()
    .map((name) => {
      const inside = folderImports(name);
      const folders = [...new Set(inside.flatMap(({ from, to }) => [from, to]))].filter((each) => each !== 'index');
      const order = layers(folders, inside)
        .map((group) => group.map((each) => `\`${each}\``).join(', '))
        .join(' ← ');
      const imported = imports.filter(({ from }) => from === name).map(({ to }) => to);
      return `| \`packages/${name}\` | ${manifest(name).description} | ${imported.toSorted().join(', ') || '–'} | ${order} |`;
    });
  return ['| package | what it is | imports | its parts, lowest first |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The page with its drawings replaced. @param {string} text */
export function drawn(text) {
  /** @type {Record<string, string>} */
  const parts = { packages: drawPackages(), folders: tabulate() };
  return Object.entries(parts).reduce(
    (page, [name, content]) =>
      page.replace(
        new RegExp(`(<!-- drawn: ${name} -->)[\\s\\S]*?(<!-- end -->)`),
        (_, start, end) => `${start}\n\n${content}\n\n${end}`,
      ),
    text,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, drawn(readFileSync(page, 'utf8')));
