import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of the packages whose code a bundle holds, which must go with it.
 *
 * @param {Record<string, unknown>} inputs of the bundle, by path: esbuild's metafile has them
 * @returns {string} empty where it holds no code of others
 */
export function licencesOf(inputs) {
  const found = new Map();
  for (const path of Object.keys(inputs)) {
    // Of a module that a plugin gives, its path comes after the plugin's name.
    const file = path.replace(/^[\w-]{2,}:/, '');
    const folder = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file)?.[1];
    // What a package replaces for browsers by nothing is not in the bundle.
    if (!folder || path.startsWith('(disabled)')) continue;
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
    found.set(name, [`${name} ${version} (${license})`, ...texts].join('\n\n'));
  }
  const sections = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return sections.map((text) => `${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
