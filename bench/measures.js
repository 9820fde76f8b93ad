// What all.js gets from the benches, and how it judges it. A bench that is called with --json prints a list of measures.

/**
 * Something that was measured once in each round.
 *
 * @typedef {{ name: string, unit: 's' | 'ms' | 'MB', rounds: number[], peer?: string }} Measure
 *   `peer` names the measure of the same bench to which this one is compared, measured in the same rounds
 *
 * @typedef {{ bench: string, about: string, seconds: number, measures: Measure[], skipped?: string }} Found
 *   `skipped` says what was not measured and why
 *
 * @typedef {{ version: string, date: string, machine: string, benches: Found[] }} Results
 */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (Number(sorted[Math.floor(middle)]) + Number(sorted[Math.ceil(middle)])) / 2;
}

/** How far rounds lie apart: the median of their distances from their median. @param {readonly number[]} values */
export function spread(values) {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/**
 * What is compared from release to release: in each round the ratio to the peer, which another machine and another hour change less
 * than the time itself; of a measure without a peer the value. Undefined for what is only there to be compared with.
 *
 * @param {Measure} measure @param {readonly Measure[]} all of its bench @returns {number[] | undefined}
 */
export function judged(measure, all) {
  const peer = all.find(({ name }) => name === measure.peer);
  if (peer) return measure.rounds.map((value, i) => value / (peer.rounds[i] ?? median(peer.rounds)));
  return measure.unit === 'MB' ? measure.rounds : undefined;
}

/** Medians within this share of each other are the same. */
const TOLERANCE = 0.1;
/** And those within so many spreads. */
const SPREADS = 3;

/**
 * What takes more than in an earlier run: the median of what is judged is above the earlier one by more than 10 %, and by more than
 * three times the spread of the rounds, the larger one of the two runs.
 *
 * @param {Results} now @param {Results} before
 * @returns {{ bench: string, name: string, before: number, now: number, spread: number }[]}
 */
export function slower(now, before) {
  return now.benches.flatMap(({ bench, measures }) => {
    const old = before.benches.find((each) => each.bench === bench)?.measures ?? [];
    return measures.flatMap((measure) => {
      const earlier = old.find(({ name }) => name === measure.name);
      const [ours, theirs] = [judged(measure, measures), earlier && judged(earlier, old)];
      if (!ours || !theirs || measure.peer !== earlier?.peer) return [];
      const noise = Math.max(spread(ours), spread(theirs));
      const [high, low] = [median(ours), median(theirs)];
      if (high - low <= TOLERANCE * low || high - low <= SPREADS * noise) return [];
      return [{ bench, name: measure.name, before: low, now: high, spread: noise }];
    });
  });
}

/** A number with so many digits as its size needs. @param {number} value */
export function shown(value) {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The table of one bench, as Markdown. @param {Pick<Found, 'measures'>} found */
export function tableOf({ measures }) {
  const rows = measures.map((measure) => {
    const { name, unit, rounds, peer } = measure;
    const ratios = peer && judged(measure, measures);
    const ratio = ratios ? `${shown(median(ratios))} × ${peer}` : '';
    return `| ${name} | ${shown(median(rounds))} ± ${shown(spread(rounds))} ${unit} | ${ratio} |`;
  });
  const rounds = measures[0]?.rounds.length ?? 0;
  return [`| measured | median ± spread, rounds: ${rounds} | ratio to |`, '|---|---|---|', ...rows].join('\n');
}

/**
 * The median of a measure, or of its ratio to its peer, for a sentence.
 *
 * @param {Results} results @param {string} bench @param {string} name @returns {{ value: string, ratio: string } | undefined}
 */
export function figure({ benches }, bench, name) {
  const all = benches.find((each) => each.bench === bench)?.measures ?? [];
  const measure = all.find((each) => each.name === name);
  if (!measure) return undefined;
  const ratios = judged(measure, all);
  return {
    value: `${shown(median(measure.rounds))} ${measure.unit}`,
    ratio: ratios && measure.peer ? shown(median(ratios)) : '',
  };
}
