// A program that trains, for the tests of `lrfind loop`. Its first argument says how it behaves.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [how = 'well', log] = process.argv.slice(2);
let weight = 0;
let random = 1;
const next = () => {
  random = (random * 48271) % 2147483647;
  return random / 2147483647;
};
/** @type {Record<string, (loss: number | null) => string>} */
const answers = {
  well: (loss) => JSON.stringify({ loss }),
  python: (loss) =>
    loss !== null && loss < 1e6 ? JSON.stringify({ loss }) : '{"loss": NaN, "more": [Infinity, -Infinity]}',
  null: () => '{"loss": null}',
  text: () => 'Epoch 1/5',
  other: () => '{"loss": "0.5"}',
  twice: (loss) => `{"loss": ${loss}}\n{"loss": ${loss}}`,
  wrong: () => '{"accuracy": 1}',
};
if (how === 'ends') process.exit(7);
if (how === 'stderr') console.error('said on standard error');
for await (const line of createInterface({ input: process.stdin })) {
  if (log) appendFileSync(log, `${line}\n`);
  const message = JSON.parse(line);
  if ('reset' in message) {
    random = message.reset + 1;
    weight = 1 + next();
  } else if ('evaluate' in message) {
    console.log(JSON.stringify({ loss: weight ** 2 }));
  } else {
    if (how === 'hangs') continue;
    if (how === 'dies') process.exit(3);
    const loss = weight ** 2 + 0.01 * next();
    weight -= message.step.rate * 2 * weight;
    const answer = answers[how] ?? ((value) => JSON.stringify({ loss: value }));
    console.log(answer(Number.isFinite(loss) ? loss : null));
  }
}
