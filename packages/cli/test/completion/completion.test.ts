import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { optimizers } from '@lrfind/finder';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands.js';
import { shells } from '../../src/completion/options.js';
import { flagOf } from '../../src/shared/flags.js';
import { lrfind } from '../command.js';

/** What the last of the words may become, and whether files may follow instead. */
async function completed(...words: string[]) {
  const { code, stdout, stderr } = await lrfind('complete', '--', ...words);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1) };
}

const only = (words: readonly string[]) => ({ words, directive: ':4' });
const files = { words: [], directive: ':0' };

describe('what may follow', () => {
  test('nothing: the commands', async () => {
    expect(await completed('')).toEqual(only([...commands.map(({ name }) => name), 'help']));
    expect(await completed('co')).toEqual(only(['compare', 'completion']));
    expect(await completed('help', 'tr')).toEqual(only(['train', 'transfer']));
    expect(await completed('backend', '')).toEqual(only(['install', 'uninstall']));
  });

  test.each(commands.map((entry) => [entry.name, entry] as const))('%s: each of its options', async (name, entry) => {
    const { flags } = await entry.options();
    const declared = flags.flatMap(([, schema]) =>
      Object.entries(schema.properties)
        .filter(([, option]) => !('off' in option))
        .map(([option, schema]) => flagOf(option, schema)),
    );
    const { words } = await completed(name, '--');
    for (const flag of declared) expect(words).toContain(flag);
    expect(words).toContain('--help');
  });

  test('no command: the options of the default one, also short ones with their values', async () => {
    expect((await completed('--mod')).words).toEqual(['--model']);
    expect(await completed('-m', '')).toEqual(files);
    expect((await completed('-m', 'x.json', '--mod')).words).toEqual([]);
  });

  test('an option: its values, files for a path, nothing for a number', async () => {
    expect(await completed('find', '--backend', 'w')).toEqual(only(['wasm', 'webgpu']));
    expect(await completed('train', '--optimizer', '')).toEqual(only(optimizers.map(({ name }) => name)));
    expect(await completed('find', '--scale', 'm')).toEqual(only(['minmax']));
    expect(await completed('find', '--out', 'sw')).toEqual(files);
    expect(await completed('find', '--steps', '')).toEqual(only([]));
  });

  test('a command that takes files: files', async () => {
    expect(await completed('plot', '')).toEqual(files);
    expect(await completed('report', 'a.json', 'b')).toEqual(files);
  });

  test.each(['zzz', '--', 'find --nosuch', 'backend nosuch', "it's", '$(exit)', 'help help help'])(
    '%s: no error, whatever is typed',
    async (words) => {
      await completed(...words.split(' '), '');
    },
  );
});

describe('the script', () => {
  const bin = fileURLToPath(new URL('../../bin/lrfind.js', import.meta.url));

  test.each(shells)('of %s asks lrfind', (shell) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'completion', shell], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/lrfind complete '?--/);
  });

  test('of another shell is refused', async () => {
    const { code, stdout, stderr } = await lrfind('completion', 'tcsh');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe('lrfind: <shell> must be one of bash, zsh, fish, powershell; got "tcsh"; did you mean bash?\n');
  });

  test.skipIf(spawnSync('bash', ['--version']).error !== undefined)('of bash completes in bash', () => {
    // What bash-completion gives: the word that is typed, and all words.
    const program = `lrfind() { "${process.execPath}" "${bin}" "$@"; }
      _get_comp_words_by_ref() { words=(lrfind find --backend wa); cword=3; cur=wa; prev=--backend; }
      compopt() { :; }
      source <(lrfind completion bash)
      __lrfind_complete
      echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', program], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['wasm\n', '']);
  });
});
