import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LIBRARY_FILES } from '../../src/tensorflow/library-files.js';
import { pythonsOnPath } from '../../src/tensorflow/python.js';

/** This machine's Python with pip, which the fake ones call; undefined where there is none. */
export const python = pythonsOnPath()
  // The program itself, because the one on PATH may be a script that searches for it each time.
  .map((path) => spawnSync(path, ['-c', 'import pip, sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim())
  .find((path) => path !== '');

if (!python && process.env.LRFIND_REQUIRE_TENSORFLOW === '1') {
  throw new Error('LRFIND_REQUIRE_TENSORFLOW is 1, but there is no Python with pip on PATH');
}

/** A new folder with a cache folder, programs for PATH, and wheels. */
export function fakeMachine() {
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-machine-'));
  const path = (...names: string[]) => join(folder, ...names);
  const put = (name: string, text: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  mkdirSync(path('wheels'));
  return {
    path,
    put,
    /** The names in the cache folder. */
    cached: () => (readdirSync(folder).includes('cache') ? readdirSync(path('cache')).toSorted() : []),
    /** A program in a folder of its own, for PATH. */
    program(name: string, script: string, bin = 'bin') {
      const program = put(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(program, 0o755);
      return program;
    },
    /**
     * A Python whose pip copies the wheels in the folder `wheels` without checking versions. Its other parts are real.
     *
     * @param downloading the commands that replace a download
     */
    quickPython(downloading = copyWheels(path('wheels'))) {
      const version = 'echo "pip 26.0 from /usr/lib/pip (python 3.12)"; exit';
      const cases = `"-m pip --version") ${version};; "-m pip download"*) ${downloading};;`;
      return this.program('python3', `case "$*" in ${cases} esac\nexec ${python} "$@"`);
    },
    /** Files that look like an installed TensorFlow, in a site-packages folder. */
    putTensorFlow(
      site: string,
      {
        version = '2.21.0',
        distribution = 'tensorflow',
        cuda = false,
        libraries = LIBRARY_FILES as readonly string[],
      } = {},
    ) {
      put(`${site}/${distribution}-${version}.dist-info/METADATA`, `Version: ${version}\n`);
      put(
        `${site}/tensorflow/python/platform/build_info.py`,
        `build_info = dict([('is_cuda_build', ${cuda ? 'True' : 'False'})])\n`,
      );
      put(`${site}/tensorflow/__init__.py`, 'raise SystemExit("imported")\n');
      for (const library of libraries) put(`${site}/tensorflow/${library}`, 'library');
      return path(site, 'tensorflow');
    },
    /**
     * A wheel in the folder `wheels`, with a RECORD. `WRONG` names a file whose record is another's, `UNRECORDED` one
     * without.
     */
    putWheel(name: string, files: Readonly<Record<string, string>>) {
      const wheel = path('wheels', name);
      const { status, stderr } = spawnSync(python as string, ['-', wheel], {
        input: `files = ${JSON.stringify(JSON.stringify(files))}\n${MAKE_WHEEL}`,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      return wheel;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function copyWheels(wheels: string): string {
  const kinds =
    'case "$*" in *" tensorflow-cpu=="*) kind=tensorflow_cpu-;; *" tensorflow=="*) kind=tensorflow-;; *) kind=nvidia_;; esac';
  return `${kinds}; while [ "$1" != --dest ]; do shift; done; exec cp ${wheels}/$kind* "$2"`;
}

/** Follows the format's specification, independently of the program that unpacks. */
const MAKE_WHEEL = `
import base64, hashlib, json, os, sys, zipfile
path = sys.argv[1]
name, version, *_, python, abi, platform = os.path.basename(path)[:-4].split("-")
info = name + "-" + version + ".dist-info/"
files = json.loads(files)
wrong, unrecorded = files.pop("WRONG", None), files.pop("UNRECORDED", None)
metadata = "Metadata-Version: 2.1\\nName: " + name.replace("_", "-") + "\\nVersion: " + version + "\\n"
contents = {
    info + "METADATA": metadata + files.pop("METADATA", ""),
    info + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: " + "-".join([python, abi, platform]) + "\\n",
    **files,
}
def line(name, text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return "{},sha256={},{}\\n".format(name, digest, len(text.encode()))
recorded = {name: text for name, text in contents.items() if name != unrecorded}
if wrong:
    recorded[wrong] = "another"
record = "".join(line(*each) for each in recorded.items()) + info + "RECORD,,\\n"
contents[info + "RECORD"] = record
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, text in contents.items():
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (0o755 if "/bin/" in name else 0o644) << 16
        archive.writestr(entry, text)
`;
