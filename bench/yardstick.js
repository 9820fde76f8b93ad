// A fixed piece of work, about half a second of it: what the benches without a peer are compared with in the same round, so that
// another machine and another hour change their ratios less than their times. It does what lrfind does most: it reads numbers
// from text and multiplies matrices. Never change it, or the results of earlier releases compare to nothing.
const SIZE = 192;
const text = Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 256).join(',');
let sum = 0;
for (let round = 0; round < 4; round++) for (const field of text.split(',')) sum += Number(field);
const a = Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i));
const b = Float32Array.from({ length: SIZE * SIZE }, (_, i) => Math.cos(i));
const c = new Float32Array(SIZE * SIZE);
for (let round = 0; round < 20; round++) {
  for (let row = 0; row < SIZE; row++) {
    for (let inner = 0; inner < SIZE; inner++) {
      const factor = /** @type {number} */ (a[row * SIZE + inner]);
      for (let column = 0; column < SIZE; column++)
        c[row * SIZE + column] = Number(c[row * SIZE + column]) + factor * Number(b[inner * SIZE + column]);
    }
  }
}
console.log(sum, c[SIZE]);
