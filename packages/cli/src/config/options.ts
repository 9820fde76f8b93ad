import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import { CONFIG_FILE } from './config-file.js';

/** Where options come from that no flag gives. */
export const ConfigOptions = Type.Object(
  {
    config: Type.Optional(
      Type.String({
        placeholder: 'path',
        description: `options from a file, or those of a stored result, which repeats its run; flags win (default: ${CONFIG_FILE} in this folder, where there is one)`,
        negation: `do not read ${CONFIG_FILE}`,
      }),
    ),
  },
  closed,
);
