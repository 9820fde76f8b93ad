import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderReport } from '../../src/index.js';
import { sampleSweep } from '../sample-sweep.js';
import { sampleComparison, sampleHistory } from '../sample-training.js';

const browser = process.env.LRFIND_CHROMIUM ?? '/usr/bin/chromium';

test.skipIf(!existsSync(browser))('six results take at most ten printed pages', async () => {
  const options = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`option${i}`, 'a value']));
  const trials = Object.fromEntries(
    Array.from({ length: 8 }, (_, i) => [
      `adam, 0.00${i + 1}`,
      { floor: 0.05 + 0.03 * i, rate: (step: number) => 0.001 / (step + i) },
    ]),
  );
  const results = [
    sampleSweep({ validationEvery: 10 }, { options }),
    sampleHistory({ epochs: 30, rate: (step) => 0.001 / (step + 1) }, { options }),
    sampleComparison(trials, 3, { options }),
    sampleSweep({ seeds: 3 }, { options }),
    sampleHistory({ epochs: 100 }, { options }),
    sampleComparison({ a: {}, b: { floor: 0.3 }, c: { divergedAt: 250 } }, 3, { options }),
  ];
  const html = await renderReport(
    results.map((result) => ({ result, file: 'result.json', command: 'lrfind '.repeat(30) })),
  );
  const folder = mkdtempSync(join(tmpdir(), 'lrfind-print-'));
  try {
    writeFileSync(join(folder, 'report.html'), html);
    const print = ['--headless', '--no-sandbox', '--disable-gpu', `--print-to-pdf=${join(folder, 'report.pdf')}`];
    execFileSync(browser, [...print, `--user-data-dir=${join(folder, 'profile')}`, join(folder, 'report.html')], {
      stdio: 'ignore',
      timeout: 60_000,
    });
    const pages = readFileSync(join(folder, 'report.pdf'), 'latin1').match(/\/Type \/Page\b/g)?.length;
    expect(pages).toBeGreaterThan(3);
    expect(pages).toBeLessThanOrEqual(10);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
