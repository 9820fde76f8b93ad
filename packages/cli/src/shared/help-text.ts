import { Help } from 'commander';

const COLUMNS = 80;
/** Where a command that is an example goes on. */
const CONTINUED = '      ';

/**
 * Breaks the lines of a help text that are longer than 80 columns: a list of names and summaries within the summaries, an
 * example between its words with a backslash, so that it can be copied, and anything else like a paragraph.
 */
export function wrapHelp(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.length <= COLUMNS ? line : wrapLine(line)))
    .join('\n');
}

function wrapLine(line: string): string {
  if (line.startsWith('  $ ')) return wrapCommand(line);
  const [name = ''] = /^ +\S+ {2,}/.exec(line) ?? [];
  const lines = new Help().boxWrap(line.slice(name.length), COLUMNS - name.length).split('\n');
  return name + lines.map((each) => each.trimEnd()).join(`\n${' '.repeat(name.length)}`);
}

/** Breaks a command between its words; those in quotes stay whole, and an option stays with its value. */
function wrapCommand(line: string): string {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const parts: string[] = [];
  for (const word of words) {
    if (/^-\S*$/.test(parts.at(-1) ?? '') && !word.startsWith('-')) parts.push(`${parts.pop()} ${word}`);
    else parts.push(word);
  }
  const [first = '', ...others] = parts;
  const lines = [`  ${first}`];
  for (const part of others) {
    const longer = `${lines.at(-1)} ${part}`;
    // Two columns are for the backslash.
    if (longer.length <= COLUMNS - 2) lines[lines.length - 1] = longer;
    else lines.push(CONTINUED + part);
  }
  return lines.join(' \\\n');
}
