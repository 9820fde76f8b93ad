// Files that are no regular files, and weights that lie outside the folder of their model.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, truncateSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { InputError } from '@lrfind/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readModel, readTable } from '../src/files/read-inputs.js';
import { readResult } from '../src/files/read-result.js';
import { lrfind } from './command.js';
import { classifier, workspace } from './workspace.js';

let here: ReturnType<typeof workspace>;
let server: Server | undefined;
beforeEach(() => {
  here = workspace();
});
afterEach(() => {
  server?.close();
  here.remove();
});

async function refused(argv: readonly string[], message: string | RegExp): Promise<string> {
  const before = here.files();
  const { code, stdout, stderr } = await lrfind(...argv);
  expect(stderr).toMatch(message);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(here.files()).toEqual(before);
  return stderr;
}

/** A table may be a folder of files, but not one without any. */
const emptyFolder = /folder must lead to at least one file; got none/;
const isTable = /^(find --data|train --)/;

/** What may stand where a file is expected; each is made anew. */
const things: [string, () => string | Promise<string>, RegExp][] = [
  ['a pipe', () => pipe('pipe'), /must be a regular file; got a pipe, which may never end/],
  ['a link to a pipe', () => link(pipe('pipe'), 'link'), /must be a regular file; got a pipe/],
  ['/dev/zero', () => '/dev/zero', /must be a regular file; got a device/],
  ['a link to /dev/zero', () => link('/dev/zero', 'link'), /must be a regular file; got a device/],
  ['a folder', () => here.folder('folder'), /folder is a directory: name the file inside it/],
  ['a socket', () => socket(), /must be a regular file; got a socket/],
];

function pipe(name: string): string {
  execFileSync('mkfifo', [here.path(name)]);
  return here.path(name);
}

function link(target: string, name: string): string {
  symlinkSync(target, here.path(name));
  return here.path(name);
}

async function socket(): Promise<string> {
  server = createServer().listen(here.path('socket'));
  await once(server, 'listening');
  return here.path('socket');
}

describe.skipIf(process.platform === 'win32')('no command waits for what is no file, or reads it without end', () => {
  const data = () => ['--data', here.data];
  const model = () => ['--model', here.model];
  const doors: [string, (thing: string) => string[]][] = [
    ['find --data', (thing) => [...model(), '--data', thing]],
    ['find --model', (thing) => ['--model', thing, ...data()]],
    ['train --validation', (thing) => ['train', ...model(), ...data(), '--lr', '0.1', '--validation', thing]],
    ['train --test', (thing) => ['train', ...model(), ...data(), '--lr', '0.1', '--test', thing]],
    ['compare --model', (thing) => ['compare', '--model', `${here.model},${thing}`, ...data(), '--lr', '0.1,1']],
    ['plot', (thing) => ['plot', thing, '--out', here.path('x.png')]],
    ['report', (thing) => ['report', thing, '--out', here.path('x.html')]],
    ['schedule --from-keras', (thing) => ['schedule', '--from-keras', thing]],
    ['schedule --from-result', (thing) => ['schedule', '--from-result', thing]],
  ];

  test.each(
    doors.flatMap(([door, argv]) =>
      things.map(([what, make, message]) => {
        const own = what === 'a folder' && isTable.test(door) ? emptyFolder : message;
        return [door, what, argv, make, own] as const;
      }),
    ),
  )('%s of %s', async (_, __, argv, make, message) => {
    await refused(argv(await make()), message);
  });

  test.each(things)('readTable, readModel and readResult refuse %s', async (what, make, message) => {
    const thing = await make();
    for (const read of [readTable, readModel, readResult]) {
      const thrown = await read(thing).catch((error) => error);
      expect(thrown).toBeInstanceOf(InputError);
      expect(thrown.message).toMatch(what === 'a folder' && read === readTable ? emptyFolder : message);
    }
  });

  test('an output is written to no pipe and no device', async () => {
    pipe('p.json');
    symlinkSync('/dev/full', here.path('full.json'));
    for (const name of ['p.json', 'full.json']) {
      await refused(
        [...model(), ...data(), '--out', here.path(name)],
        /--out must be a regular file; got \S+\.json, which/,
      );
      await refused(
        ['compare', ...model(), ...data(), '--lr', '0.1,1', '--journal', here.path(name)],
        /--journal must be a regular file; got /,
      );
    }
    await refused(
      ['train', ...model(), ...data(), '--lr', '0.1', '--save', here.path('p.json')],
      /which is a file; name/,
    );
  });
});

describe('the weights of a model', () => {
  // 51 numbers in 204 bytes.
  const shapes = { 'dense_8_relu/kernel': [2, 8], 'dense_8_relu/bias': [8] };
  const last = { 'dense_3_softmax/kernel': [8, 3], 'dense_3_softmax/bias': [3] };
  const weights = Object.entries({ ...shapes, ...last }).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  /** A model whose weights are in these files; its folder is `model`. */
  function modelWith(...paths: string[]): string {
    here.folder('model');
    return here.put('model/model.json', { modelTopology: classifier, weightsManifest: [{ paths, weights }] });
  }
  const data = () => ['--data', here.data];
  const outside =
    /a weight file that \S+ names cannot be read: \S+ must lie in the folder \S+ or below it, links followed\n$/;

  test('are not read from outside its folder, and nothing is said about what is there', async () => {
    here.put('secret.bin', Buffer.alloc(77));
    for (const path of ['../secret.bin', '../none.bin', 'x/../../secret.bin', '../../../../../../../../etc/passwd']) {
      const stderr = await refused(['--model', modelWithFresh(path), ...data()], outside);
      expect(stderr).not.toMatch(/77|bytes/);
    }
    await refused(['--model', modelWithFresh('/etc/passwd'), ...data()], /no such file: \S+model\/\/etc\/passwd\n$/);
  });

  function modelWithFresh(path: string): string {
    here.remove();
    here = workspace();
    here.put('secret.bin', Buffer.alloc(77));
    return modelWith(path);
  }

  test.skipIf(process.platform === 'win32')('are not read through a link that leaves it', async () => {
    const model = modelWith('w.bin');
    symlinkSync(here.put('secret.bin', Buffer.alloc(204)), here.path('model/w.bin'));
    await refused(['--model', model, ...data()], outside);
    await expect(readModel(model)).rejects.toThrow(InputError);
  });

  test.skipIf(process.platform === 'win32')(
    'are read through links to the folder itself, and to files within',
    async () => {
      const model = modelWith('w.bin');
      here.put('model/real.bin', Buffer.alloc(204));
      symlinkSync('real.bin', here.path('model/w.bin'));
      symlinkSync(here.path('model'), here.path('latest'));
      for (const path of [model, here.path('latest/model.json'), `${here.path('latest')}/../model/model.json`])
        expect((await readModel(path)).hasWeights).toBe(true);
    },
  );

  test.skipIf(process.platform === 'win32')('must be regular files', async () => {
    execFileSync('mkfifo', [here.path('pipe')]);
    for (const make of [() => execFileSync('mkfifo', [here.path('model/w.bin')]), () => here.folder('model/w.bin')]) {
      here.remove();
      here = workspace();
      const model = modelWith('w.bin');
      make();
      await refused(
        ['--model', model, ...data()],
        /a weight file that \S+ names cannot be read: \S+w\.bin (must be|is a dir)/,
      );
    }
  });

  test('are compared with the manifest before they are read: a file of 3 TB is refused at once', async () => {
    const model = modelWith('w.bin', 'v.bin');
    here.put('model/w.bin', Buffer.alloc(60));
    truncateSync(here.put('model/v.bin', Buffer.alloc(4)), 3e12);
    await refused(
      ['--model', model, ...data()],
      /the weights of \S+ need 204 bytes; w\.bin, v\.bin have 3000000000060\n$/,
    );
  });
});

describe('what is missing is named before a backend is opened', () => {
  beforeEach(() => {
    vi.stubEnv('LRFIND_TENSORFLOW', here.folder('no-tensorflow'));
  });
  afterEach(() => void vi.unstubAllEnvs());

  test.each<[string, () => string[], RegExp]>([
    ['a model', () => ['find', '-m', 'nowhere.json', '-d', here.data], /^lrfind: no such file: nowhere\.json$/m],
    ['a module', () => ['find', '-m', 'nowhere.js', '-d', here.data], /^lrfind: no such file: nowhere\.js$/m],
    ['a table', () => ['find', '-m', here.model, '-d', 'nowhere.csv'], /^lrfind: no such file: nowhere\.csv$/m],
    [
      'what a pattern leads to',
      () => ['train', '-m', here.model, '-d', 'nowhere-*.csv', '--lr', '0.1'],
      /^lrfind: nowhere-\*\.csv must lead to at least one file; got none$/m,
    ],
    [
      'a table to validate on',
      () => ['compare', '-m', here.model, '-d', here.data, '--validation', 'nowhere.csv', '--lr', '0.1,0.2'],
      /^lrfind: no such file: nowhere\.csv$/m,
    ],
    [
      'weights',
      () => ['find', '-m', here.model, '-d', here.data, '--weights', 'nowhere.h5'],
      /^lrfind: no such file: nowhere\.h5$/m,
    ],
  ])('%s', async (_, argv, message) => {
    await refused(argv(), message);
  });

  test('otherwise the backend is the mistake', async () => {
    await refused(
      ['find', '-m', here.model, '-d', here.data],
      /^lrfind: --backend: LRFIND_TENSORFLOW must be a folder/m,
    );
  });
});
