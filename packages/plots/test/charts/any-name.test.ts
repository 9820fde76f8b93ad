import type { Result } from '@lrfind/core/results';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { chartFor, lossByGroup, renderPng, renderSvg } from '../../src/index.js';
import { pageOf, textsOf as textsOfPage } from '../sample-report.js';
import { sampleGroups, sampleSweep } from '../sample-sweep.js';
import { sampleComparison, sampleHistory } from '../sample-training.js';
import { boxes, textFaults } from '../svg-boxes.js';

const textsOf = (svg: string) => boxes(svg).texts.map(({ text }) => text);

const NAMES = {
  HTML: '</title></svg><script>alert(1)</script><img src=x onerror="alert(1)">',
  Markdown: '**bold** [link](javascript:alert(1)) `code` | cell |',
  quotes: `'a' "b" &quot; &#x3c; &amp; \\u003c ]]> <!-- -->`,
  'control characters': 'a\0b\x07c\x1b[31md\ud800e\udfff\ufffe',
  lines: 'first\nsecond\r\n\tthird\u2028fourth',
  'ten thousand characters': 'resnet-'.repeat(1429),
  'ten thousand words': 'net '.repeat(2500),
  'marks of direction': 'model\u202egnp.\u202c\u2067\u200f\u061c0.1',
  'right to left': 'نموذج 7 (שלום)',
  'many marks': `z${'\u0301'.repeat(300)}algo`,
  emoji: '👩‍👩‍👧🇩🇪👍🏽❤️'.repeat(40),
  nothing: '',
} as const;

/** Results of each kind with a name wherever names are. */
function named(name: string): [chart: string, result: Result][] {
  const sweep = sampleSweep({ steps: 12, seeds: 1 });
  sweep.setup.model = name;
  const history = sampleHistory({ epochs: 4, metrics: { [name || 'metric']: (loss) => loss } });
  history.setup.model = name;
  history.setup.metrics = ['accuracy', name || 'metric'];
  const comparison = sampleComparison({ [name]: { epochs: 3 }, [`${name} 2`]: { epochs: 3, divergedAt: 150 } }, 2);
  for (const trial of comparison.trials) trial.model = name;
  return [
    ['loss-by-rate', sweep],
    ['loss-by-group', sampleGroups(3, { steps: 12, seeds: 1 }, [name, `${name} 2`])],
    ['training-history', history],
    ['training-comparison', comparison],
  ];
}

// The font that the test measures with has a glyph as wide as an em for what it lacks, also for what has no width.
const UNMEASURED = ['marks of direction', 'right to left', 'many marks', 'emoji'];

test.each(Object.entries(NAMES))(
  'a name of %s is drawn whole or cut, in XML that is well-formed, with no text over another',
  async (kind, name) => {
    const all = named(name);
    // Each name in the chart with most names and in one of the others.
    const some = [all[3], all[Object.keys(NAMES).indexOf(kind) % 3]] as typeof all;
    for (const [chart, result] of some) {
      const svg = await renderSvg(chartFor(result, chart).draw(result, { width: 500 }));
      // It throws where the document is not well-formed.
      const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
      expect(document.querySelectorAll('script, img')).toHaveLength(0);
      expect(svg.length, chart).toBeLessThan(150_000);
      if (!UNMEASURED.includes(kind)) expect(textFaults(svg), chart).toEqual([]);
    }
  },
);

test('all names are text in the report', async () => {
  const trials = Object.fromEntries(Object.values(NAMES).map((name) => [name, { epochs: 2 }]));
  const { page, html } = await pageOf([sampleComparison(trials, 1)]);
  expect(page.querySelectorAll('img, main script:not([type])')).toHaveLength(0);
  const forbidden = [...html].filter(
    (each) => /\p{Cc}|\p{Surrogate}|[\ufffe\uffff]/u.test(each) && !'\n\r\t'.includes(each),
  );
  expect(forbidden).toEqual([]);
  expect(textsOfPage(page, 'table:first-of-type tbody th')).toContainEqual(expect.stringContaining(NAMES.HTML));
});

test('facts beside a name of ten thousand characters are kept', async () => {
  const name = NAMES['ten thousand characters'];
  const svg = await renderSvg(lossByGroup(sampleGroups(2, { steps: 12, seeds: 1 }, [name])));
  expect(textsOf(svg)).toContainEqual(expect.stringMatching(/^resnet-.*… – 0\.045 \(0\.015 to 0\.12\)$/));
  const sweep = sampleSweep({ steps: 12, seeds: 1 });
  sweep.setup.model = name;
  expect(textsOf(await renderSvg(chartFor(sweep).draw(sweep)))).toContainEqual(
    expect.stringMatching(/^resnet-.*….*resnet- · Adam · categoricalCrossentropy · 1 seed$/),
  );
});

test('a picture of odd names is drawn without a font of the system', async () => {
  for (const name of [NAMES.HTML, NAMES['control characters'], NAMES['right to left'], NAMES.emoji]) {
    const [[chart, result]] = named(name) as [[string, Result]];
    const png = await renderPng(chartFor(result, chart).draw(result), { scale: 0.5, fontFolders: [] });
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  }
});
