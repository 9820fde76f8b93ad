import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';

/** Where the page is. */
export const UiOptions = Type.Object(
  {
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'port of the page on 127.0.0.1 (default: one that is free)',
      }),
    ),
    open: Type.Boolean({
      default: true,
      off: 'only print the address',
      description: 'open the page in a browser',
    }),
  },
  closed,
);

/** All flags of `lrfind ui`. */
export const flags: FlagGroups = [['Page:', UiOptions]];

/** Help after the flags. */
export const help = `
The page computes in the browser, on several threads. What is dropped there
stays there: the command only serves the files of the page, on 127.0.0.1,
until Ctrl-C. BROWSER names another browser.

Examples:
  $ lrfind ui
  $ lrfind ui --port 8080`;
