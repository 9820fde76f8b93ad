// Time and memory to read a table of 60,000 rows and 785 columns of whole numbers as CSV, Parquet and .npz, by lrfind and by pandas.
//
//   PYTHON=python3 node bench/read-formats.js [--rows 60000] [--runs 3] [--json]
//
// pandas, pyarrow and NumPy write the files. Each reader runs in its own process; the fastest run counts, and all sums must agree.
// Memory is the most that the process held (resident), the program itself included.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '60000' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const python = process.env.PYTHON ?? 'python3';
const formats = /** @type {const} */ (['csv', 'parquet', 'npz']);

const write = `import sys, numpy as np, pandas as pd
rows, folder = int(sys.argv[1]), sys.argv[2]
random = np.random.default_rng(1)
x = random.integers(0, 256, (rows, 784)) * (random.random((rows, 784)) < 0.2)
y = random.integers(0, 10, rows)
frame = pd.DataFrame(x.astype("u1"), columns=[f"pixel{i}" for i in range(784)]).assign(label=y.astype("u1"))
frame.to_csv(f"{folder}/table.csv", index=False)
frame.to_parquet(f"{folder}/table.parquet")
np.savez(f"{folder}/table.npz", x=x.astype("u1"), y=y.astype("u1"))`;

const ours = `import { readTable } from 'lrfind';
const start = performance.now();
const { values } = await readTable(process.argv[1]);
const seconds = (performance.now() - start) / 1000;
console.log(seconds, process.resourceUsage().maxRSS / 1024, values.reduce((sum, value) => sum + value, 0));`;

const theirs = `import sys, time, resource, numpy, pandas
path = sys.argv[1]
start = time.perf_counter()
if path.endswith("npz"):
    arrays = [array.reshape(len(array), -1) for array in map(numpy.load(path).get, ["x", "y"])]
    values = numpy.concatenate(arrays, axis=1).astype("float32")
elif path.endswith("csv"):
    values = pandas.read_csv(path, dtype="float32").to_numpy()
else:
    values = pandas.read_parquet(path).to_numpy(dtype="float32")
seconds = time.perf_counter() - start
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, int(values.sum(dtype=numpy.float64)))`;

/** Runs a program that prints seconds, megabytes and the sum of all values. @param {string} program @param {string[]} args */
function measured(program, args) {
  const runs = Array.from({ length: Number(options.runs) }, () => {
    const run = spawnSync(program, args, { encoding: 'utf8', cwd: import.meta.dirname });
    if (run.status !== 0) throw new Error(run.error?.message ?? run.stderr.trim().split('\n').at(-1));
    return /** @type {[number, number, number]} */ (run.stdout.trim().split(' ').map(Number));
  });
  const [, memory, sum] = runs[0] ?? [0, 0, 0];
  const rounds = runs.map(([seconds]) => seconds);
  return { seconds: Math.min(...rounds), rounds, memory, memories: runs.map(([, held]) => held), sum };
}

const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
try {
  const written = spawnSync(python, ['-c', write, options.rows, folder], { encoding: 'utf8' });
  if (written.status !== 0)
    throw new Error(`${python} must have pandas, pyarrow and NumPy: ${written.stderr.trim().split('\n').at(-1)}`);
  let csv = 0;
  let sum = 0;
  /** @type {import('./measures.js').Measure[]} */
  const measures = [];
  if (!options.json) console.log('format      file   lrfind            of CSV   pandas            lrfind / pandas');
  for (const format of formats) {
    const path = join(folder, `table.${format}`);
    const own = measured(process.execPath, ['--input-type=module', '-e', ours, path]);
    const pandas = measured(python, ['-c', theirs, path]);
    csv ||= own.seconds;
    sum ||= own.sum;
    for (const [name, each] of Object.entries({ lrfind: own, pandas }))
      if (each.sum !== sum) throw new Error(`${name} read other values of ${format}: sum ${each.sum}, not ${sum}`);
    if (options.json) {
      measures.push(
        { name: `${format}, pandas`, unit: 's', rounds: pandas.rounds },
        { name: `${format}, lrfind`, unit: 's', rounds: own.rounds, peer: `${format}, pandas` },
        { name: `${format}, lrfind: memory`, unit: 'MB', rounds: own.memories },
      );
      continue;
    }
    const size = `${(statSync(path).size / 1e6).toFixed(0)} MB`.padStart(7);
    const figures = [own, pandas].map(({ seconds, memory }) =>
      `${seconds.toFixed(2)} s ${memory.toFixed(0)} MB`.padEnd(15),
    );
    const ratios = [own.seconds / csv, own.seconds / pandas.seconds].map((ratio) => ratio.toFixed(2));
    console.log(`${format.padEnd(8)} ${size}   ${figures[0]}   ${ratios[0]}     ${figures[1]}   ${ratios[1]}`);
  }
  if (options.json) console.log(JSON.stringify(measures));
} finally {
  rmSync(folder, { recursive: true });
}
