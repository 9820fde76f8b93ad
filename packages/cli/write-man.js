// Writes `man/lrfind.1`, the manual page, from the table of commands and their options. Run it after a build.
import { mkdirSync, writeFileSync } from 'node:fs';
import { version } from '@lrfind/core';
import { commands, flagName, flagTerm, flagText } from './dist/internals.js';

/** Text as roff takes it: ASCII alone, and no line begins with a control character. @param {string} text */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/[^\n -~]/gu, (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`)
    .replaceAll(/^(?=[.'])/gm, '\\&');
}

/** @param {import('./dist/command-entry.js').CommandEntry} entry @param {string} path */
async function section(entry, path) {
  const name = `${path} ${entry.name}`;
  const { flags, help = '' } = await entry.options();
  const options = flags.flatMap(([heading, schema]) => [
    ...(Object.keys(schema.properties).length > 0 ? [`.PP\n${roff(heading)}`] : []),
    ...Object.entries(schema.properties).flatMap(([option, declared]) => [
      `.TP\n.B ${roff(flagTerm(option, declared))}\n${roff(flagText(option, declared, schema))}`,
      ...(declared.negation ? [`.TP\n.B ${roff(flagName(`no-${option}`))}\n${roff(declared.negation)}`] : []),
    ]),
  ]);
  const lines = help.trim() === '' ? [] : ['.PP', '.nf', roff(help.trim()), '.fi'];
  const within = await Promise.all((entry.commands ?? []).map((each) => section(each, name)));
  const argument = entry.argument ? ` ${entry.argument[0]}` : '';
  return [
    `.SS ${roff(`${name}${argument}`)}`,
    roff(entry.description),
    ...(entry.argument ? [`.TP\n.B ${roff(entry.argument[0])}\n${roff(entry.argument[1])}`] : []),
    ...options,
    ...lines,
    ...within,
  ].join('\n');
}

const sections = await Promise.all(commands.map((entry) => section(entry, 'lrfind')));
const page = `.TH LRFIND 1 "" "lrfind ${version}"
.SH NAME
lrfind \\- finds a learning rate for a model of Keras or TensorFlow.js
.SH SYNOPSIS
.B lrfind
.RI [ command ]
.RI [ options ]
.SH DESCRIPTION
A model and a table in, a rate and a picture out. Without a command,
.B lrfind find
runs.
.SH COMMANDS
${sections.join('\n')}
.SH EXIT STATUS
.TP
.B 0
There is an answer, and every file is written.
.TP
.B 1
A fault of lrfind.
.TP
.B 2
Something to correct, in one message; or a disk or stdout that is full.
.TP
.B 3
The work is done, and there is nothing to use: no suggestion, or only trainings that diverged.
.TP
.B 130
Ended by Ctrl\\-C or kill.
`;
mkdirSync(new URL('man', import.meta.url), { recursive: true });
writeFileSync(new URL('man/lrfind.1', import.meta.url), page);
