// Memory and time that a table larger than memory takes, as CSV and as Parquet: `lrfind data`, a search, a pass and some steps of a
// training, and beside them what pandas (pyarrow for Parquet) and DuckDB take for the statistics and a sample of the same table.
//
//   node bench/large-tables.js [--gigabytes 10] [--formats csv,parquet] [--only data,find,train,pandas,duckdb]
//     [--batch-size 4096] [--python python3]
//
// The table has 20 columns of decimals, one of five words and a label of three classes; its rows are the same again after 268 MB,
// which changes nothing for a reader. DuckDB for Python writes the Parquet file, with row groups of 122,880 rows. Both are made in the
// folder for temporary files (TMPDIR) and deleted at the end; `train` takes about 60 % of the table's size there, once more. Each
// program runs in a process of its own, and its peak resident memory is what the system counted. pandas and DuckDB take part where
// Python has them.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '10' },
    formats: { type: 'string', default: 'csv,parquet' },
    'batch-size': { type: 'string', default: '4096' },
    only: { type: 'string', default: 'data,find,train,pandas,duckdb' },
    python: { type: 'string', default: 'python3' },
  },
});

const FEATURES = 20;
const SAMPLE = 500_000;
/** Bytes of different rows; a larger table has them several times. */
const POOL_BYTES = 2 ** 28;

/** Writes rows until the file has so many bytes. @param {string} path @param {number} bytes */
function writeTable(path, bytes) {
  // Numbers as text, so that a number is a copy of six bytes.
  const numbers = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`${((i - 10_000) / 10_000).toFixed(4)},`));
  const words = ['north,', 'south,', 'east,', 'west,', 'nowhere,'].map((word) => Buffer.from(word));
  let state = 1;
  const random = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const header = `${Array.from({ length: FEATURES }, (_, i) => `x${i}`).join()},word,label\n`;
  const pool = Buffer.alloc(Math.min(bytes, POOL_BYTES));
  let [at, poolRows] = [0, 0];
  while (at < pool.length - 1024) {
    let sum = 0;
    for (let i = 0; i < FEATURES; i++) {
      const number = random(numbers.length);
      if (i < 3) sum += number;
      at += /** @type {Buffer} */ (numbers[number]).copy(pool, at);
    }
    at += /** @type {Buffer} */ (words[random(words.length)]).copy(pool, at);
    at += pool.write(`${sum < 25_000 ? 0 : sum < 35_000 ? 1 : 2}\n`, at);
    poolRows++;
  }
  const file = openSync(path, 'w');
  let [written, rows] = [writeSync(file, header), 0];
  while (written < bytes) {
    written += writeSync(file, pool, 0, at);
    rows += poolRows;
  }
  closeSync(file);
  return { rows, bytes: written };
}

const model = {
  modelTopology: {
    class_name: 'Sequential',
    config: {
      name: 'large',
      layers: [
        {
          class_name: 'Dense',
          config: { name: 'hidden', units: 32, activation: 'relu', batch_input_shape: [null, FEATURES + 5] },
        },
        { class_name: 'Dense', config: { name: 'out', units: 3, activation: 'softmax' } },
      ],
    },
  },
};

/** Says at the end of a Node process what it took. */
const SAYS_PEAK = `data:text/javascript,process.on('exit',()=>{const{maxRSS,userCPUTime}=process.resourceUsage();process.stderr.write('peak '+maxRSS+' '+userCPUTime/1e6+'\\n')})`;
const PYTHON_PEAK = `
import resource
usage = resource.getrusage(resource.RUSAGE_SELF)
print("peak", usage.ru_maxrss, usage.ru_utime, file=sys.stderr)`;

const lrfind = (/** @type {string[]} */ ...words) => [
  process.execPath,
  '--import',
  SAYS_PEAK,
  join(import.meta.dirname, '../packages/cli/bin/lrfind.js'),
  ...words,
];

/** Each program as a command line. @type {Record<string, (path: string, modelPath: string) => string[]>} */
const programs = {
  data: (path) => lrfind('data', '-d', path),
  find: (path, modelPath) => lrfind('find', '-m', modelPath, '-d', path, '--no-progress'),
  train: (path, modelPath) =>
    lrfind(
      ...['train', '-m', modelPath, '-d', path, '--lr', '0.003', '--epochs', '1'],
      ...['--batch-size', /** @type {string} */ (options['batch-size'])],
    ),
  pandas: (path) => [
    /** @type {string} */ (options.python),
    '-c',
    `import sys, numpy, pandas
generator = numpy.random.default_rng(0)
count, sums, squares, kept = 0, 0, 0, []
def chunks(path):
    if path.endswith(".csv"):
        yield from pandas.read_csv(path, chunksize=500_000)
    else:
        import pyarrow.parquet
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(500_000):
            yield batch.to_pandas()
for chunk in chunks(sys.argv[1]):
    numbers = chunk.select_dtypes('number').to_numpy()
    count += len(chunk)
    sums = sums + numbers.sum(axis=0)
    squares = squares + (numbers ** 2).sum(axis=0)
    kept.append(chunk.assign(key=generator.random(len(chunk))))
    sample = pandas.concat(kept).nsmallest(${SAMPLE}, 'key')
    kept = [sample]
mean = sums / count
print(count, mean[0], (squares[0] / count - mean[0] ** 2) ** 0.5, len(sample))${PYTHON_PEAK}`,
    path,
  ],
  duckdb: (path) => [
    /** @type {string} */ (options.python),
    '-c',
    `import sys, duckdb
connection = duckdb.connect(config={'memory_limit': '1GB'})
names = [f'x{i}' for i in range(${FEATURES})]
statistics = ', '.join(f'avg({name}), stddev_pop({name}), min({name}), max({name})' for name in names)
print(connection.execute(f"SELECT count(*), {statistics} FROM '{sys.argv[1]}'").fetchall()[0][:3])
connection.execute(f"CREATE TABLE sample AS SELECT * FROM '{sys.argv[1]}' USING SAMPLE reservoir(${SAMPLE} ROWS) REPEATABLE (0)")
print(connection.execute('SELECT count(*) FROM sample').fetchall())${PYTHON_PEAK}`,
    path,
  ],
};

/** Writes the table as Parquet. @param {string} from @param {string} to */
function writeParquet(from, to) {
  const copy = `COPY (FROM '${from}') TO '${to}' (FORMAT parquet)`;
  const program = `import sys, duckdb
connection = duckdb.connect(config={'memory_limit': '2GB', 'temp_directory': sys.argv[2]})
connection.execute(sys.argv[1])`;
  const run = spawnSync(/** @type {string} */ (options.python), ['-c', program, copy, tmpdir()], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`no Parquet file: ${run.stderr.trim().split('\n').at(-1)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'lrfind-bench-'));
try {
  const csv = join(folder, 'large.csv');
  const parquet = join(folder, 'large.parquet');
  const modelPath = join(folder, 'model.json');
  writeFileSync(modelPath, JSON.stringify(model));
  const { rows } = writeTable(csv, Number(options.gigabytes) * 1e9);
  console.log(`${rows.toLocaleString('en-US')} rows × ${FEATURES + 2} columns`);
  for (const format of /** @type {string} */ (options.formats).split(',')) {
    const path = format === 'csv' ? csv : parquet;
    if (format === 'parquet') writeParquet(csv, parquet);
    console.log(`${format}, ${(statSync(path).size / 1e9).toFixed(2)} GB`);
    for (const name of /** @type {string} */ (options.only).split(',')) {
      const command = programs[name];
      if (!command) throw new Error(`--only must name some of ${Object.keys(programs).join(', ')}; got ${name}`);
      const [program, ...args] = /** @type {[string, ...string[]]} */ (command(path, modelPath));
      const start = performance.now();
      const run = spawnSync(program, args, { encoding: 'utf8' });
      const seconds = (performance.now() - start) / 1000;
      const [, peak, user] = /peak (\d+) ([\d.]+)/.exec(run.stderr)?.map(Number) ?? [];
      const figures = `${seconds.toFixed(1)} s, ${user?.toFixed(1)} s of processor time, peak ${((peak ?? 0) / 1e3).toFixed(0)} MB`;
      console.log(
        `  ${name.padEnd(8)} ${run.status === 0 ? figures : run.stderr.trim().split('\n').slice(-3).join(' ')}`,
      );
      console.log(run.stdout.trim().slice(0, 2000).replace(/^/gm, '    '));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
