import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';

/** Where the page is. */
export const OpenOptions = Type.Object(
  {
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65535,
        description: 'port of the page on 127.0.0.1, for a tunnel to this machine (default: one that is free)',
      }),
    ),
  },
  closed,
);

/** All flags of `lrfind open`. */
export const flags: FlagGroups = [['Page:', OpenOptions]];

/** Help after the flags. */
export const help = `
The page is served on 127.0.0.1 to whoever has its address, which holds a
token, and loads nothing from elsewhere. It stays until Ctrl-C; a page that is
open keeps what it shows, and can save its report. BROWSER names another
browser; with BROWSER=none, in CI and without a display the address is only
printed.

Examples:
  $ lrfind open sweep.json
  $ lrfind open results/*.json
  $ lrfind open adam.json sgd.json --port 8080`;
