import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { LOOPBACK, localServer } from '../live/local-server.js';
import { openBrowser } from '../live/open-browser.js';
import { flagOptions } from '../shared/flag-values.js';
import { UiOptions } from './options.js';
import { staticFiles } from './static-files.js';

/** The page, which the build puts there. */
const folder = fileURLToPath(new URL('../../bundle/ui/', import.meta.url));

/**
 * `lrfind ui`: serves the page on which a model and a table are dropped, until it is interrupted.
 *
 * @param given from commander
 * @throws InputError for a port that cannot be used
 */
export async function ui(given: Readonly<Record<string, unknown>>): Promise<never> {
  const { port, open } = flagOptions(UiOptions, given);
  const server = await localServer(port ?? 0, staticFiles(folder));
  const url = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`;
  process.stderr.write(`page: ${url}\nCtrl-C ends it\n`);
  if (open) openBrowser(url);
  return new Promise(() => {});
}
