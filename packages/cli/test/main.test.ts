import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { workspace } from './workspace.js';

const bin = fileURLToPath(new URL('../bin/lrfind.js', import.meta.url));
let here: ReturnType<typeof workspace>;
beforeEach(() => {
  here = workspace();
});
afterEach(() => here.remove());

test('the built program answers --version with the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { status, stdout } = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  expect([status, stdout.trim()]).toEqual([0, version]);
});

test('--version and --help load nothing that computes, draws or checks options', () => {
  const list = here.path('loaded.txt');
  here.put(
    'hook.mjs',
    `import { appendFileSync } from 'node:fs';
     export async function load(url, context, next) {
       appendFileSync(${JSON.stringify(list)}, url + '\\n');
       return next(url, context);
     }`,
  );
  here.put('register.mjs', "import { register } from 'node:module'; register('./hook.mjs', import.meta.url);");
  const main = new URL('../dist/main.js', import.meta.url).href;
  const program = `await (await import(${JSON.stringify(main)})).main(process.argv.slice(1));`;
  for (const argv of [['--version'], ['--help'], [], ['help'], ['comapre']]) {
    rmSync(list, { force: true });
    const { stderr } = spawnSync(
      process.execPath,
      // The modules, and not the bundle, in which packages have no names.
      ['--import', here.path('register.mjs'), '--input-type=module', '--eval', program, '--', ...argv],
      { encoding: 'utf8' },
    );
    expect(stderr).toMatch(argv[0] === 'comapre' ? /unknown command/ : /^$/);
    const loaded = readFileSync(list, 'utf8');
    expect(loaded).toContain('commander');
    expect(loaded).not.toMatch(
      /typebox|tensorflow|vega|sharp|resvg|koffi|preact|packages\/(data|finder|backends|plots)\//,
    );
  }
});

test('nothing but the answer is on stdout, nothing at all on stderr when it is no terminal', () => {
  const argv = [bin, '--model', here.model, '--data', here.data, '--steps', '40', '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^[\d.e-]+\n$/);
});

test('a mistake has exit code 2 in a real process too', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin, '--model', 'no.json', '--data', 'no.csv'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, 'lrfind: no such file: no.json\n']);
});

/** Runs a command of the shell; `$lrfind` is the program. */
function shell(command: string): { status: number | null; stdout: string; stderr: string } {
  const run = `lrfind() { "${process.execPath}" "${bin}" "$@"; }; cd "${here.path('.')}"; ${command}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', run], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe.skipIf(process.platform !== 'linux')('stdout that is full or closed', () => {
  const full = 'lrfind: stdout cannot be written: ENOSPC: no space left on device\n';
  const trained = 'train -m model.json -d data.csv --lr 0.1 --epochs 3';

  test.each([
    '--version',
    '--help',
    'schedule "cosine(0.1, steps=9)" --quiet',
    'find -m model.json -d data.csv --json',
  ])('full, %s: one message and exit code 2', (argv) => {
    expect(shell(`lrfind ${argv} >/dev/full`)).toEqual({ status: 2, stdout: '', stderr: full });
  });

  test('full, with a model and files to be written: they are, and the exit code is 2 all the same', () => {
    const { status, stderr } = shell(`lrfind ${trained} --save trained -o t.json >/dev/full`);
    expect([status, stderr]).toEqual([2, `${full}wrote t.json\nwrote trained\n`]);
    expect(here.files()).toEqual(['data.csv', 'model.json', 't.json', 'trained']);
  });

  test('closed by head: no message, exit code 0, and files are written', () => {
    const { status, stdout, stderr } = shell(`lrfind ${trained} --save trained | head -n 1; exit "\${PIPESTATUS[0]}"`);
    expect([status, stderr]).toEqual([0, 'wrote trained\n']);
    expect(stdout).toMatch(/^epoch 1\/3 .*\n$/);
    expect(here.files()).toEqual(['data.csv', 'model.json', 'trained']);
    expect(
      shell(`lrfind schedule "cosine(0.1, steps=200000)" --json --quiet | head -n 1; exit "\${PIPESTATUS[0]}"`),
    ).toEqual({
      status: 0,
      stdout: '{\n',
      stderr: '',
    });
  });

  test('full or closed, a comparison loses nothing: its journal stays where nothing else holds the result', () => {
    const compared = 'compare -m model.json -d data.csv --lr 0.1,0.01 --epochs 1 --repeats 1 --backend wasm';
    const held = 'lrfind: lrfind-compare.journal holds what is done; the same command with --resume continues\n';
    expect(shell(`lrfind ${compared} >/dev/full`)).toEqual({ status: 2, stdout: '', stderr: full + held });
    expect(here.files()).toEqual(['data.csv', 'lrfind-compare.journal', 'model.json']);
    expect(shell(`lrfind ${compared} --resume | true; exit "\${PIPESTATUS[0]}"`).status).toBe(0);
    expect(here.files()).toEqual(['data.csv', 'model.json']);
    expect(shell(`lrfind ${compared} -o c.json >/dev/full`).stderr).toBe(`${full}wrote c.json\n`);
    expect(here.files()).toEqual(['c.json', 'data.csv', 'model.json']);
  });

  // All 100,000 epochs would take longer than a test may.
  test('closed with nothing to be written: the training ends at once', () => {
    const { status, stderr } = shell(
      `lrfind train -m model.json -d data.csv --lr 0.1 --epochs 100000 | head -n 1; exit "\${PIPESTATUS[0]}"`,
    );
    expect([status, stderr]).toEqual([0, '']);
  });

  test('a full stderr does not stop the work', () => {
    const { status, stdout } = shell('lrfind find -m model.json -d data.csv --quiet -o s.json 2>/dev/full');
    expect([status, here.files()]).toEqual([0, ['data.csv', 'model.json', 's.json']]);
    expect(Number(stdout)).toBeGreaterThan(0);
  });
});

describe.skipIf(process.platform !== 'linux' || spawnSync('script', ['--version']).error !== undefined)(
  'escape codes in a terminal',
  () => {
    const commands = [
      'find -m model.json -d data.csv --steps 40',
      'compare -m model.json -d data.csv --lr 0.1,0.01 --epochs 1',
      '--help',
    ];
    /** What a command prints in a terminal. */
    const printed = (environment: string, command: string) =>
      shell(`export -f lrfind; ${environment} script -qec 'lrfind ${command}' /dev/null </dev/null`).stdout;

    test.each(['TERM=dumb', 'NO_COLOR=1 TERM=xterm'])('none with %s', (environment) => {
      for (const command of commands) {
        const text = printed(environment, command);
        expect(text).toMatch(/learning|trial/);
        expect(text).not.toContain('\u001b');
      }
    });

    test('else the bar has them', () => {
      expect(printed('TERM=xterm', commands[0] as string)).toContain('\u001b[');
    });
  },
);

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 130],
] as const)(
  '%s in the moment in which the program starts, before anything is loaded, ends with %i',
  async (signal, code) => {
    const argv = [bin, '--model', here.model, '--data', here.data, '--repeats', '200'];
    const hook = `process.on('newListener', (name) => { if (name === '${signal}') setImmediate(() => process.stderr.write('.')); });`;
    const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, ...argv], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
      child.kill(signal);
    });
    const ended = await new Promise((resolve) => child.on('close', resolve));
    expect([ended, stderr]).toEqual([code, '.']);
  },
);

test('Ctrl-C ends with 130 and leaves no file behind', async () => {
  const out = here.path('sweep.json');
  const argv = [bin, '--model', here.model, '--data', here.data, '--steps', '5000', '--repeats', '200', '--out', out];
  // Starting takes long on a busy machine, and before it has started nothing handles Ctrl-C.
  const hook = "process.on('newListener', (name) => { if (name === 'SIGINT') process.stderr.write('started'); });";
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  await new Promise((resolve) => child.stderr.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, 2000));
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(existsSync(out)).toBe(false);
  expect(readdirSync(here.path('.')).toSorted()).toEqual(['data.csv', 'model.json']);
});
