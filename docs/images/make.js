// Draws the pictures of the guides again: runs a page's commands in order, and copies the pictures that the page shows. What the
// commands print is kept in out/guides, for the page's blocks of output. About three minutes for all pages.
//
//   pnpm build && node docs/images/make.js [PAGE.md …]
//
// report.png is Chromium's screenshot of the beginning of report.html. Without `chromium` on PATH, that picture is left as it is.
// The commands run with an empty cache, so that they use wasm as in a fresh clone, not an installed TensorFlow.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsOf, picturesOf, program, readersFolder } from './commands.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['choosing-a-rate.md', 'reading-a-curve.md', 'schedules-gallery.md', 'schedules.md'];

for (const page of process.argv.length > 2 ? process.argv.slice(2) : pages) {
  const markdown = readFileSync(`${root}docs/${page}`, 'utf8');
  const pictures = picturesOf(markdown);
  const folder = `${root}out/guides/${page.replace(/\.md$/, '')}`;
  rmSync(folder, { recursive: true, force: true });
  await readersFolder(folder, { train: 8000, test: 2000 });
  const output = [];
  for (const command of commandsOf(markdown)) {
    console.log(`$ ${command}`);
    const { stdout, stderr, status } = spawnSync('sh', ['-c', program(command)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, XDG_CACHE_HOME: join(folder, 'no-cache') },
    });
    output.push(`$ ${command}\n${stdout}${stderr}`);
    // A command about a file that only a reader has fails; that is no fault, unless the page shows its picture.
    if (status !== 0 && status !== 3) console.log(stderr.trimEnd());
  }
  writeFileSync(join(folder, 'output.txt'), output.join('\n'));
  for (const [name, path] of pictures) {
    mkdirSync(dirname(`${root}docs/${path}`), { recursive: true });
    const html = join(folder, name.replace(/\.png$/, '.html'));
    if (existsSync(html) && !takeScreenshot(html, join(folder, name))) {
      console.log(`docs/${path}: not made, there is no chromium`);
      continue;
    }
    copyFileSync(join(folder, name), `${root}docs/${path}`);
    console.log(`docs/${path}`);
  }
}

/** @param {string} html @param {string} png */
function takeScreenshot(html, png) {
  const flags = ['--headless', '--no-sandbox', '--hide-scrollbars', '--window-size=1000,1100'];
  spawnSync('chromium', [...flags, `--screenshot=${png}`, html]);
  return existsSync(png);
}
