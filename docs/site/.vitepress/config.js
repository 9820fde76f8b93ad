// The documentation as a site: the Markdown of this repository as it is, with search, dark mode and the API reference.
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The pages, by heading of the side bar: what somebody needs first comes first. */
const pages = {
  'Find a rate': [
    ...['README', 'docs/choosing-a-rate', 'docs/reading-a-curve', 'docs/fine-tuning', 'docs/command-line', 'docs/live'],
    'docs/in-the-browser',
  ],
  'Models and data': [
    ...['docs/models', 'docs/keras', 'docs/python', 'docs/keras-layers', 'docs/layers', 'docs/data', 'docs/csv'],
    ...['docs/table-formats', 'docs/large-tables'],
  ],
  'Train and compare': [
    ...['docs/training', 'docs/schedules', 'docs/schedules-gallery', 'docs/callbacks', 'docs/trackers'],
    'docs/many-cores',
    'docs/many-machines',
    'docs/moving-from',
  ],
  Library: [
    'docs/in-a-training-script',
    'docs/any-training-loop',
    'docs/library',
    'docs/notebooks',
    'docs/in-a-page',
    'docs/api/reference',
    'docs/backends',
  ],
  'How it works': [
    'docs/method',
    'docs/glossary',
    'docs/architecture',
    'CONTRIBUTING',
    'CHANGELOG',
    'docs/upstream-findings',
  ],
};

/** What the side bar calls pages whose own headings do not serve there. */
const titles = { README: 'Overview', CONTRIBUTING: 'Contributing', 'docs/api/reference': 'API reference' };

const sidebar = Object.entries(pages).map(([text, names]) => ({
  text,
  items: names.map((name) => ({
    text: titles[name] ?? headingOf(name),
    link: name === 'README' ? '/' : `/${name}`,
  })),
}));

function headingOf(name) {
  return /^# (.+)$/m.exec(readFileSync(join(root, `${name}.md`), 'utf8'))?.[1] ?? name;
}

/** Links lead from file to file. On the site README.md is the index of its folder, and of what is no page the text remains. */
function linksOfSite(markdown) {
  markdown.core.ruler.push('links-of-site', ({ tokens }) => {
    for (const { children } of tokens) for (const [i, token] of children?.entries() ?? []) relink(children, i, token);
  });
}

function relink(children, i, token) {
  const href = token.type === 'link_open' ? token.attrGet('href') : null;
  if (href === null || /^([a-z]+:|#)/i.test(href)) return;
  const [path, hash] = href.split('#');
  const folder = /^(.*\/|)README\.md$/.exec(path)?.[1];
  if (folder !== undefined) token.attrSet('href', `${folder || './'}${hash === undefined ? '' : `#${hash}`}`);
  else if (!path.endsWith('.md')) {
    const close = children.find((each, at) => at > i && each.type === 'link_close');
    for (const part of [token, close]) Object.assign(part, { type: 'text', tag: '', content: '', attrs: null });
  }
}

/** The anchor of a heading, as in the Markdown of code hosts, where the same links must work. */
function slugify(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** The pages lie outside of this package, where its copy of Vue is not found. */
function vueOfSite() {
  const folder = dirname(createRequire(import.meta.url).resolve('vue/package.json'));
  return [
    { find: /^vue$/, replacement: join(folder, 'dist/vue.runtime.esm-bundler.js') },
    { find: /^vue\/server-renderer$/, replacement: join(folder, 'server-renderer/index.mjs') },
  ];
}

export default defineConfig({
  title: 'lrfind',
  description: 'Finds the learning rate for a model of Keras or TensorFlow.js',
  lang: 'en',
  base: process.env.LRFIND_SITE_BASE ?? '/',
  srcDir: '../..',
  srcExclude: ['**/node_modules/**', 'packages/*/{src,test,dist}/**', 'out/**', 'examples/**', 'docs/site/**'],
  rewrites: {
    'README.md': 'index.md',
    ':folder/README.md': ':folder/index.md',
    'packages/:name/README.md': 'packages/:name/index.md',
  },
  markdown: { config: linksOfSite, anchor: { slugify } },
  vite: { resolve: { alias: vueOfSite() }, build: { chunkSizeWarningLimit: 4000 } },
  // The page that finds rates, as the build of the packages has made it.
  buildEnd: ({ outDir }) => cpSync(join(root, 'packages/web/dist'), join(outDir, 'try'), { recursive: true }),
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      // A page of its own, which the router of the site does not know.
      { text: 'Try it now', link: '/try/', target: '_self' },
      { text: 'Guide', link: '/docs/choosing-a-rate' },
      { text: 'Command line', link: '/docs/command-line' },
      { text: 'Library', link: '/docs/library' },
      { text: 'API', link: '/docs/api/reference' },
      { text: 'Gallery', link: '/docs/schedules-gallery' },
    ],
    sidebar,
  },
});
