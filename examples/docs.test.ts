import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { allowed } from '@lrfind/core/options';
import { Comparison, SweepResult, TrainingResult } from '@lrfind/core/results';
import { parseSchedule, scheduleKinds } from '@lrfind/core/schedules';
import { CompareSettings, TrainSettings } from '@lrfind/core/study';
import { SweepOptions, suggestionMethods } from '@lrfind/core/sweep';
import { callbackKinds, lossNames, metricKinds, optimizers } from '@lrfind/finder';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lastResults } from '../bench/stored-results.js';
import { pages as pagesWithFigures, withFigures } from '../bench/written-figures.js';
import { commandsOf, picturesOf, program, readersFolder } from '../docs/images/commands.js';
import { HistoryLoggerOptions } from '../packages/cli/src/files/history-logger.js';
import { storedSweep } from '../packages/cli/test/stored-sweep.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readdirSync(`${root}packages`);
const pages = [
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['README.md', 'CONTRIBUTING.md', 'bench/README.md', 'fixtures/README.md'],
  ...packages.map((name) => `packages/${name}/README.md`).filter((page) => existsSync(root + page)),
];
const read = (page: string) => readFileSync(root + page, 'utf8');

/**
 * The programs of a page. A block marked `js run` or `ts run` starts one, and `js continued` continues it. An HTML comment that starts
 * with these words is such a block too, for code that readers need not see. After a line, `// → text` says what it prints, up
 * to an ellipsis. All other lines are left empty, so that an error has the line number of the page.
 */
function programs(markdown: string): string[] {
  const found: string[][] = [];
  let inside = false;
  for (const [i, line] of markdown.split('\n').entries()) {
    const marked = /^(?:```|<!-- )[jt]s (run|continued)$/.exec(line)?.[1];
    if (inside && /^(?:```|-->)$/.test(line)) inside = false;
    else if (inside) (found.at(-1) as string[])[i] = line;
    else if (marked) {
      if (marked === 'run') found.push([]);
      if (found.length === 0) throw new Error(`line ${i + 1}: js continued, but js run must come before it`);
      inside = true;
    }
  }
  return found.map((lines) => Array.from(lines, (line) => line ?? '').join('\n'));
}

describe('the code in the docs runs', () => {
  /** A reader's folder, with a model and a table. */
  let folder: string;

  beforeAll(() => {
    mkdirSync(`${root}out`, { recursive: true });
    folder = mkdtempSync(`${root}out/docs-`);
    const task = `${root}fixtures/regret/chile_mlp_momentum`;
    writeFileSync(join(folder, 'model.json'), readFileSync(`${task}/model.json`));
    writeFileSync(join(folder, 'data.csv'), gunzipSync(readFileSync(`${task}/train.csv.gz`)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const runnable = pages.flatMap((page) => programs(read(page)).map((code, i) => ({ page, number: i + 1, code })));

  test.for(runnable)('$page, program $number', async ({ page, number, code }) => {
    const file = join(folder, `${page.replaceAll('/', '-')}.${number}.mjs`);
    // What is no TypeScript stays as it is, but for its layout.
    writeFileSync(file, read(page).includes('```ts run') ? (await transform(code, { loader: 'ts' })).code : code);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
    for (const [, text] of code.matchAll(/ \/\/ → ([^…\n]+)/g)) expect(stdout).toContain(text);
    expect(stderr).toBe('');
  });

  test.each([
    'README.md',
    'docs/library.md',
    'docs/training.md',
    'docs/callbacks.md',
    'docs/schedules.md',
    'docs/any-training-loop.md',
    'docs/in-a-training-script.md',
    'docs/moving-from.md',
    'docs/notebooks.md',
  ])('%s has such code', (page) => {
    expect(programs(read(page))).not.toEqual([]);
  });

  test('the TypeScript of docs/any-training-loop.md has no error of types', async () => {
    const [code] = /(?<=^```ts run\n)[\s\S]*?(?=^```$)/m.exec(read('docs/any-training-loop.md')) as [string];
    const file = join(folder, 'any-training-loop.mts');
    writeFileSync(file, code);
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
    await promisify(execFile)('npx', ['tsc', '--ignoreConfig', ...options, file], { cwd: folder });
  });

  test('the commands of docs/schedules.md run, and print the table that the page shows', async () => {
    writeFileSync(join(folder, 'sweep.json'), JSON.stringify(storedSweep({ low: 1e-4, high: 0.02 }, 0.004)));
    writeFileSync(
      join(folder, 'optimizer.json'),
      JSON.stringify({
        class_name: 'Adam',
        config: {
          learning_rate: { class_name: 'CosineDecay', config: { initial_learning_rate: 0.1, decay_steps: 4000 } },
        },
      }),
    );
    const commands = read('docs/schedules.md').match(/^lrfind schedule .*$/gm) ?? [];
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const { stdout } = await promisify(execFile)('sh', ['-c', program(command)], { cwd: folder });
      const [table] = /^```text\n( {4}step [^`]*)```$/m.exec(read('docs/schedules.md'))?.slice(1) ?? [];
      if (command === commands[0]) expect(stdout).toContain(table);
      else expect(stdout).toMatch(/ schedule\n/);
    }
    expect(readFileSync(join(folder, 'schedules.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('a program keeps the line numbers of its page and leaves other code out', () => {
    const page = ['text', '```js run', 'one();', '```', '```js', 'no();', '```', '<!-- js continued', 'two();', '-->'];
    expect(programs(page.join('\n'))).toEqual([['', '', 'one();', '', '', '', '', '', 'two();'].join('\n')]);
    expect(() => programs('```js continued\n```')).toThrow(/line 1/);
  });
});

/**
 * The commands of the guides, with which `docs/images/make.js` makes the pictures. They run in a folder like that of a reader,
 * but the tables of digits are shorter, so numbers are not compared.
 */
describe('the commands of the guides run', () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(`${root}out`, { recursive: true });
    folder = mkdtempSync(`${root}out/guides-`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What a command prints. A page also shows searches that suggest no rate, which end with 3. */
  async function answer(command: string, cwd: string): Promise<string> {
    try {
      return (await promisify(execFile)('sh', ['-c', program(command)], { cwd })).stdout;
    } catch (error) {
      const { code, stdout } = error as { code?: number; stdout?: string };
      if (code === 3 && stdout) return stdout;
      throw error;
    }
  }

  /**
   * Runs the commands of a page in their order, and checks that they make its pictures.
   *
   * @returns each command with its output
   */
  async function runPage(page: string) {
    const own = join(folder, page);
    await readersFolder(own, { train: 300, test: 200 });
    const outputs: { command: string; stdout: string }[] = [];
    for (const command of commandsOf(read(`docs/${page}`))) {
      outputs.push({ command, stdout: await answer(command, own) });
    }
    for (const [name, path] of picturesOf(read(`docs/${page}`))) {
      const made = [name, name.replace(/\.png$/, '.html')].some((file) => existsSync(join(own, file)));
      expect(made, `no command of ${page} makes ${path}`).toBe(true);
    }
    return outputs;
  }

  test('choosing-a-rate.md: from a sweep to a saved model', async () => {
    const outputs = await runPage('choosing-a-rate.md');
    expect(outputs.map(({ command }) => /^lrfind (\w+)/.exec(command)?.[1] ?? 'find')).toEqual([
      'find',
      'schedule',
      'compare',
      'compare',
      'train',
      'report',
    ]);
    expect(existsSync(join(folder, 'choosing-a-rate.md/trained/weights.bin'))).toBe(true);
  }, 240_000);

  test('reading-a-curve.md: each curve has the diagnosis that the page shows', async () => {
    const page = read('docs/reading-a-curve.md');
    const diagnoses = [
      'Flat',
      'Noisy',
      'Still falling at the end',
      'Falling from the start',
      'The curve falls clearly',
    ];
    // The block after a command shows its output.
    const blocks = [...page.matchAll(/^```(sh|text)\n[\s\S]*?^```$/gm)];
    const shown = new Map(
      blocks.map(([block], i) => [commandsOf(block)[0], blocks[i + 1]?.[1] === 'text' ? blocks[i + 1]?.[0] : '']),
    );
    const outputs = await runPage('reading-a-curve.md');
    const found = outputs.flatMap(({ command, stdout }) => {
      const expected = diagnoses.filter((words) => shown.get(command)?.includes(words));
      for (const words of expected) expect(stdout).toContain(words);
      return expected;
    });
    expect(new Set(found)).toEqual(new Set(diagnoses));
  }, 240_000);

  // All commands would take half a minute: this runs one, and the tests below parse the texts of all.
  test('schedules-gallery.md: one of its commands', async () => {
    const [command] = commandsOf(read('docs/schedules-gallery.md')) as [string];
    const { stdout } = await promisify(execFile)('sh', ['-c', program(command)], { cwd: folder });
    expect(stdout).toMatch(/ schedule\n/);
    expect(readdirSync(folder)).toContain('constant.png');
  });
});

describe('docs/schedules-gallery.md', () => {
  const page = read('docs/schedules-gallery.md');

  test.each(scheduleKinds.map(({ name }) => name))('has a picture of %s, and the text that made it', (name) => {
    const command = commandsOf(page).find((candidate) => candidate.endsWith(` -o ${name}.png`)) ?? '';
    const texts = [...command.matchAll(/"([^"]+)"/g)].map(([, text]) => text as string);
    expect(texts.map((text) => parseSchedule(text).config?.name)).toContain(name);
    const section = page.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? '';
    expect(commandsOf(section)).toEqual([command]);
    expect([...picturesOf(section).values()]).toEqual([`images/schedules-gallery/${name}.png`]);
  });
});

describe('docs/library.md is complete', () => {
  const library = read('docs/library.md');
  const section = (title: string) => library.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
  const rows = (title: string, name: string) =>
    section(title)
      .split('\n')
      .filter((line) => line.startsWith(`| \`${name}\` |`));

  test.each(Object.entries(SweepOptions.properties))('option %s', (name, option) => {
    const { default: value = '–', description } = option as { default?: unknown; description?: string };
    expect(rows('Options', name)).toEqual([`| \`${name}\` | ${value} | ${allowed(option)} | ${description} |`]);
  });

  test.each(optimizers.map((kind) => [kind.name, kind] as const))('optimizer %s', (name, { parameters, summary }) => {
    const declared = Object.entries(
      parameters.properties as Record<string, { default?: unknown; description?: string }>,
    );
    const defaults = declared
      .filter(([, { default: value }]) => value !== undefined)
      .map(([parameter, { default: value }]) => `\`${parameter}\` ${String(value) || 'none'}`);
    expect(rows('Optimizers', name)).toEqual([`| \`${name}\` | ${defaults.join(', ')} | ${summary} |`]);
    // Those without a default are off unless given, and the same for all.
    for (const [parameter, schema] of declared.filter(([, { default: value }]) => value === undefined))
      expect(rows('Optimizers', parameter)).toEqual([
        `| \`${parameter}\` | ${allowed(schema)} | ${schema.description} |`,
      ]);
  });

  test.each([...lossNames, ...suggestionMethods.map(({ name }) => name)])('the name %s', (name) => {
    expect(library.includes(`\`${name}\``)).toBe(true);
  });

  const fields = [...Object.keys(SweepResult.properties), ...Object.keys(SweepResult.properties.setup.properties)];
  test.each(fields)('the field %s', (name) => {
    expect(section('The result').includes(`\`${name}\``)).toBe(true);
  });
});

describe('docs/callbacks.md is complete', () => {
  const page = read('docs/callbacks.md');
  const ofFiles = { name: 'historyLogger', options: HistoryLoggerOptions };

  test.each(callbackKinds.map(({ name, summary }) => [name, summary]))('callback %s', (name, summary) => {
    expect(page).toContain(`| [\`${name}\`](#${name.toLowerCase()}) | ${summary} |\n`);
  });

  test.each([...callbackKinds, ofFiles].map(({ name, options }) => [name, options] as const))(
    'the options of %s',
    (name, options) => {
      const section = page.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? '';
      const rows = section.split('| --- | --- | --- | --- |\n')[1]?.split('\n\n')[0]?.split('\n');
      expect(rows).toEqual(
        Object.entries(options.properties).map(([option, declared]) => {
          const { default: value = '–', description } = declared as { default?: unknown; description?: string };
          return `| \`${option}\` | ${value} | ${allowed(declared)} | ${description} |`;
        }),
      );
    },
  );

  test('the default rate of every optimizer', () => {
    const rows = page.split('| name | `learningRate` |\n| --- | --- |\n')[1]?.split('\n\n')[0];
    expect(rows).toBe(optimizers.map(({ name, defaultRate }) => `| \`${name}\` | ${defaultRate} |`).join('\n'));
  });
});

describe('docs/training.md is complete', () => {
  const page = read('docs/training.md');
  const [training = '', comparison = ''] = page.split('\n## A comparison\n');
  const row = (name: string, option: object) => {
    const { default: value = '–', description } = option as { default?: unknown; description?: string };
    return `| \`${name}\` | ${value} | ${allowed(option as Parameters<typeof allowed>[0])} | ${description} |\n`;
  };

  test.each(Object.entries(TrainSettings.properties))('option %s of a training', (name, option) => {
    expect(training).toContain(row(name, option));
  });

  test.each(Object.entries(CompareSettings.properties))('option %s of a comparison', (name, option) => {
    expect(comparison).toContain(row(name, option));
  });

  test.each(metricKinds.map(({ name, summary }) => [name, summary]))('metric %s', (name, summary) => {
    expect(page).toContain(`| \`${name}\` | ${summary} |\n`);
  });

  const texts = callbackKinds.flatMap(({ text, summary }) => (text ? [[text.name, summary]] : []));
  test.each(texts)('the text form of %s', (name, summary) => {
    expect(page).toContain(`| \`${name}\` | ${summary} |\n`);
  });

  const fields = [
    ...[TrainingResult, Comparison].flatMap(({ properties }) => Object.keys(properties)),
    ...[
      ...Object.values(TrainingResult.properties),
      Comparison.properties.ranking.items,
      Comparison.properties.trials.items,
    ].flatMap((part) => Object.keys((part as { properties?: object }).properties ?? {})),
  ];
  test.each([...new Set(fields)])('the field %s', (name) => {
    const own = page.split('\n## The results\n')[1] as string;
    expect(`${own}${read('docs/library.md').split('\n## The result\n')[1]}`).toContain(`\`${name}\``);
  });
});

/** The text of a page without its blocks of code, in which links and headings are examples. */
const prose = (page: string) => read(page).replace(/^```[\s\S]*?^```$/gm, '');
/** The targets of a page's links that are files of the repository or headings, each as [path, heading]. */
const linksOf = (page: string) =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', heading] = target.split('#');
      return [path === '' ? page : join(dirname(page), path), heading] as const;
    });
/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string) =>
  [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('every link of %s leads to a file that exists', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target as string);
  const files = links.filter((target) => !/^[a-z]+:/.test(target));
  expect(files.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
});

test.each(pages)('every link of %s to a heading leads to one that exists', (page) => {
  const toHeadings = linksOf(page).filter(([path, heading]) => heading !== undefined && path.endsWith('.md'));
  expect(toHeadings.filter(([path, heading]) => !anchorsOf(path).includes(heading as string))).toEqual([]);
});

test.each(pages)('every path of the repository that %s names exists', (page) => {
  const paths = [...read(page).matchAll(/`((?:packages|bench|examples|fixtures|docs)\/[\w./*-]+)`/g)];
  const plain = paths.map(([, path]) => path as string).filter((path) => !path.includes('*'));
  expect(plain.filter((path) => !existsSync(root + path))).toEqual([]);
});

test('every source file that docs/upstream-findings.md names exists', () => {
  const files = [...read('docs/upstream-findings.md').matchAll(/`([\w./-]+\.ts)`/g)].map(([, path]) => path as string);
  expect(files.length).toBeGreaterThan(10);
  const exists = (path: string) => [root, `${root}packages/backends/src/`].some((folder) => existsSync(folder + path));
  expect(files.filter((path) => !exists(path))).toEqual([]);
});

test('every package has a README', () => {
  expect(packages.filter((name) => !pages.includes(`packages/${name}/README.md`))).toEqual([]);
});

test('README.md leads to every page', () => {
  const reached = new Set(['README.md']);
  const waiting = ['README.md'];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    for (const [path] of linksOf(page).filter(([target]) => pages.includes(target) && !reached.has(target))) {
      reached.add(path);
      waiting.push(path);
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  expect(linksOf('README.md').map(([path]) => path)).toContain('docs/glossary.md');
});

describe('figures of speed', () => {
  const results = lastResults();
  test.skipIf(!results).each(pagesWithFigures)('in %s are those of the last stored run of bench/all.js', (page) => {
    expect(withFigures(read(page), results as NonNullable<typeof results>)).toBe(read(page));
  });
});
