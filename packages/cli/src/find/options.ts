import { WorkerOptions } from '@lrfind/core/study';
import type { FlagGroups } from '../shared/flags.js';
import { OutputOptions } from '../shared/outputs/options.js';
import { TrackerOptions } from '../trackers/registry.js';
import { searchFlags } from './search-options.js';

/** All flags of `lrfind find`. */
export const flags: FlagGroups = [
  ...searchFlags,
  ['Workers:', WorkerOptions],
  ['Output:', OutputOptions],
  ['Trackers:', TrackerOptions],
];

/** Help after the flags. */
export const help = `
Examples:
  $ lrfind -m model.json -d data.csv
  $ lrfind -m model.json -d data.csv --target price --optimizer sgd --momentum 0.9 -o sweep.png,sweep.json
  $ lrfind -m model.json -d data.csv --group "base*:0.1" -o groups.png
  $ lrfind -m model.json -d train.csv --validation val.csv
  $ lrfind -m model.json -d hourly.csv --window 24 --horizon 1
  $ lrfind -m model.json -d data.csv --for constant,cosine,one-cycle --epochs 20
  $ lrfind -m model.json -d data.csv --json | jq .suggestion.learningRate
  $ lrfind -m model.json -d data.csv --open
  $ lrfind plot sweep.json -o sweep.svg --dark
  $ lrfind report sweep.json -o report.html
  $ lrfind schedule "cosine(0.1, steps=1000, warmup=100)" -o schedule.png`;
