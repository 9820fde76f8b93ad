import { spawn } from 'node:child_process';

/** The program that opens a URL in the user's browser, with its arguments; undefined where there is nobody to see a window. */
function opener(url: string): [program: string, ...args: string[]] | undefined {
  const { BROWSER, CI, DISPLAY, WAYLAND_DISPLAY } = process.env;
  // `none` is the word of other tools for no browser at all.
  if (BROWSER) return BROWSER === 'none' ? undefined : [BROWSER, url];
  if (CI) return undefined;
  if (process.platform === 'darwin') return ['open', url];
  // `start` is a word of cmd, which reads `&` in a URL.
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return DISPLAY || WAYLAND_DISPLAY ? ['xdg-open', url] : undefined;
}

/**
 * Opens a URL in the user's browser: that of `BROWSER`, else the system's. Does nothing in CI and without a display, and never
 * fails: whoever calls it has printed the URL.
 */
export function openBrowser(url: string): void {
  const [program, ...args] = opener(url) ?? [];
  if (program === undefined) return;
  // A browser that this starts must live on when the command ends.
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
