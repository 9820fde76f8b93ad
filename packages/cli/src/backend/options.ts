import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';

/** How the backends are listed. */
export const ListOptions = Type.Object(
  {
    check: Type.Boolean({ default: false, description: 'open each one that is available and train a step on it' }),
    json: Type.Boolean({ default: false, description: 'print the list as JSON' }),
  },
  closed,
);

/** What is installed, and how. */
export const InstallOptions = Type.Object(
  {
    cuda: Type.Boolean({
      default: false,
      description:
        'install the build for NVIDIA GPUs, with the libraries of CUDA 12 (Linux x64 only; 3.4 GB to download, 5.7 GB on disk)',
    }),
    force: Type.Boolean({ default: false, description: 'install again where it is installed already' }),
    python: Type.Optional(
      Type.String({
        placeholder: 'path',
        description: 'Python whose pip downloads it (default: the first of python3 and python on PATH that has pip)',
      }),
    ),
    progress: Type.Boolean({ default: true, off: 'hide the progress', description: 'show the progress on stderr' }),
  },
  closed,
);

/** All flags of `lrfind backend`. */
export const listFlags: FlagGroups = [['List:', ListOptions]];
/** All flags of `lrfind backend install`. */
export const installFlags: FlagGroups = [['Install:', InstallOptions]];

/** Help of `lrfind backend` after the flags. */
export const listHelp = `
Examples:
  $ lrfind backend
  $ lrfind backend --check
  $ lrfind backend install`;
/** Help of `lrfind backend install` after the flags. */
export const installHelp = `
Examples:
  $ lrfind backend install
  $ lrfind backend install --cuda --python /usr/bin/python3.12`;
/** Help of `lrfind backend uninstall`. */
export const uninstallHelp = `
Examples:
  $ lrfind backend uninstall`;
