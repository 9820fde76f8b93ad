// Makes the pictures of the guides again: runs the commands that stand in a page, in their order, and takes the pictures that the page
// shows from what they have written. What they print stands in out/guides, for the blocks of the page. About three minutes for all pages.
//
//   pnpm build && node docs/images/make.js [PAGE.md …]
//
// A page that a command has written, report.html, is shown as report.png: how Chromium draws its beginning. Without `chromium` on PATH that
// picture stays as it is.
// TensorFlow is not looked for where lrfind installs it, so that the numbers are those of a fresh clone.
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
  const said = [];
  for (const command of commandsOf(markdown)) {
    console.log(`$ ${command}`);
    const { stdout, stderr, status } = spawnSync('sh', ['-c', program(command)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, XDG_CACHE_HOME: join(folder, 'no-cache') },
    });
    said.push(`$ ${command}\n${stdout}${stderr}`);
    // Commands about files that only a reader has fail; their pictures would be missed below.
    if (status !== 0) console.log(stderr.trimEnd());
  }
  writeFileSync(join(folder, 'said.txt'), said.join('\n'));
  for (const [name, path] of pictures) {
    mkdirSync(dirname(`${root}docs/${path}`), { recursive: true });
    const html = join(folder, name.replace(/\.png$/, '.html'));
    if (existsSync(html) && !photographed(html, join(folder, name))) {
      console.log(`docs/${path}: not made, there is no chromium`);
      continue;
    }
    copyFileSync(join(folder, name), `${root}docs/${path}`);
    console.log(`docs/${path}`);
  }
}

/** @param {string} html @param {string} png */
function photographed(html, png) {
  const flags = ['--headless', '--no-sandbox', '--hide-scrollbars', '--window-size=1000,1100'];
  spawnSync('chromium', [...flags, `--screenshot=${png}`, html]);
  return existsSync(png);
}
