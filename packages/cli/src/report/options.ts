import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';

/** The page and its title. */
export const ReportOptions = Type.Object(
  {
    out: Type.String({ short: 'o', placeholder: 'path', description: 'page to write (.html)' }),
    title: Type.Optional(
      Type.String({ placeholder: 'text', description: 'title of the page (default: what it reports)' }),
    ),
  },
  closed,
);

/** All flags of `lrfind report`. */
export const flags: FlagGroups = [['Output:', ReportOptions]];

/** Help after the flags. */
export const help = `
The page is one file that loads nothing else: mail it, put it on a web server,
or print it. Point at a chart, or use the arrow keys on the slider below it, to
read values.

Examples:
  $ lrfind -m model.json -d data.csv -o sweep.json
  $ lrfind report sweep.json -o report.html
  $ lrfind report comparison.json training.json -o report.html --title "Digits, first try"`;
