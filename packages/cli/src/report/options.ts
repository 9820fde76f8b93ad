import Type from 'typebox';

/** Where a report goes and what it is called. */
export const ReportOptions = Type.Object(
  {
    out: Type.Optional(Type.String({ placeholder: 'path', description: 'the page to write (.html); required' })),
    title: Type.Optional(
      Type.String({ placeholder: 'text', description: 'heading of the page (default: what it reports)' }),
    ),
  },
  { additionalProperties: false },
);

/** What the help says after the flags. */
export const reportHelp = `
The page is one file that loads nothing from elsewhere: mail it, put it on a web server, or print it. Point at a chart, or use the
arrow keys on the slider below it, to read values.

Examples:
  $ lrfind --model model.json --data data.csv --out run.json
  $ lrfind report run.json --out report.html
  $ lrfind report comparison.json training.json --out report.html --title "Digits, first try"`;
