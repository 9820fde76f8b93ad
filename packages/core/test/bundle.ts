import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The part of esbuild that these tests use. */
interface Esbuild {
  build(options: object): Promise<{
    readonly outputFiles: readonly { readonly text: string }[];
    readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> };
    readonly warnings: readonly { readonly text: string }[];
  }>;
}

const packages = fileURLToPath(new URL('../../', import.meta.url));
const { build }: Esbuild = createRequire(import.meta.url)('esbuild');

/**
 * Bundles a module for a browser, as a page would: no shims, no externals. Packages are bundled from their sources, so
 * that no stale build is tested.
 *
 * @param entry its source
 * @param options `minify`: as short as it gets; `format`: `esm` for a module in place of a script
 * @returns the code, which defines the global `bundled` where it is a script, and the paths of all modules within
 * @throws Error for an import of Node, an import that is not resolved, and any warning
 */
export async function bundleForBrowser(
  entry: URL,
  options: { readonly minify?: boolean; readonly format?: 'iife' | 'esm' } = {},
): Promise<{ code: string; modules: readonly string[] }> {
  const { outputFiles, metafile, warnings } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'bundled',
    logLevel: 'silent',
    ...options,
    alias: {
      '@lrfind/core/options': `${packages}core/src/options.ts`,
      '@lrfind/core': `${packages}core/src/index.ts`,
    },
  });
  if (warnings.length > 0) throw new Error(`${entry}: ${warnings.map(({ text }) => text).join('; ')}`);
  return { code: outputFiles[0]?.text as string, modules: Object.keys(metafile.inputs) };
}
