#!/usr/bin/env node
import { statSync } from 'node:fs';
import * as nodeModule from 'node:module';

// Newer versions of Node keep what they have compiled.
nodeModule.enableCompileCache?.();
const argv = process.argv.slice(2);
const isFast = startsFast();
const folder = isFast ? '../bundle' : '../dist';
const isAlone = isFast && argv.length === 1 && ['--version', '-V', '--help', '-h'].includes(argv[0]);
const { catchSignals } = await import(isAlone ? '../bundle/help.js' : `${folder}/interruption.js`);
catchSignals();
// Loaded only now, because it takes a while in which Ctrl-C must already work.
const { main } = await import(isAlone ? '../bundle/help.js' : `${folder}/main.js`);
process.exitCode = await main(argv);

/**
 * Whether the bundle runs in the place of the modules that it is made of. Not where the model is code, which may import
 * lrfind: there must be one lrfind then. And not in a checkout whose modules are newer than the bundle.
 */
function startsFast() {
  if (argv.some((word) => /\.[cm]?[jt]s$/.test(word))) return false;
  const written = changed('../bundle/main.js');
  const packages = ['core', 'data', 'backends', 'finder', 'plots', 'queue', 'cli'];
  return written > Math.max(...packages.map((name) => changed(`../../${name}/dist/.tsbuildinfo`)));
}

/** When a file was written, in milliseconds; 0 where there is none. A published package has no `.tsbuildinfo`. */
function changed(path) {
  return statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
