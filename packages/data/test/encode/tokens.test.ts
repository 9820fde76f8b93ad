import { expect, test } from 'vitest';
import { describeTable } from '../../src/describe/describe-table.js';
import { encodeTable } from '../../src/encode/encode-table.js';
import { readTable } from '../../src/formats/registry.js';
import { scanTable } from '../../src/large/scan-table.js';
import { memorySource } from '../memory-source.js';

// The ids were worked out by hand from what TextVectorization does by default: `lower_and_strip_punctuation`, split on blanks, words by
// count and then by descending order of their bytes (`np.lexsort((tokens, counts))[::-1]` in Keras), 0 for padding, 1 for others.
const reviews = `text,y
"The cat sat, the cat SAT!",1
"A dog; the-dog ran.",0
"Ä cat's dog",1
,0
`;
const read = (text: string, options = {}) => readTable(memorySource('reviews.csv', text), options);
const model = (ids: number, length: number) => ({
  inputs: [{ name: 'words', shape: [length], ids }],
  outputs: [{ name: 'out', shape: [1], activation: 'sigmoid' }],
});
const choose = () => ({ loss: 'binaryCrossentropy', kind: 'probability' }) as const;
const options = { scale: 'standard', missing: 'mean' } as const;
const idsOf = (values: ArrayLike<number>, length: number) =>
  Array.from({ length: values.length / length }, (_, row) =>
    Array.from(values).slice(row * length, (row + 1) * length),
  );

test('a text whose words an embedding looks up becomes ids as Keras TextVectorization gives them', async () => {
  const { dataset } = encodeTable(await read(reviews), model(100, 6), choose, options);
  // Counts: the 2, sat 2, dog 2, cat 2; then thedog, ran, cats, a, and ä, whose bytes come last and so first.
  // Vocabulary: the 2, sat 3, dog 4, cat 5, ä is kept in upper case as "Ä" 6, thedog 7, ran 8, cats 9, a 10.
  expect(idsOf(dataset.inputs[0]?.values ?? [], 6)).toEqual([
    [2, 5, 3, 2, 5, 3],
    [10, 4, 7, 8, 0, 0],
    [6, 9, 4, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
  ]);
  expect(dataset.notes.join('\n')).toMatch(
    /text column "text" became ids of 9 words, the most frequent first: "the", "sat", "dog" and 6 more; 0 is padding, 1 any other word; texts of up to 6 words, padded or cut at the end to 6/,
  );
  expect(dataset.notes.join('\n')).toMatch(/1 missing value filled with padding: text \(1\)/);
  expect(dataset.notes.join('\n')).not.toMatch(/one-hot/);
});

test('the embedding limits the vocabulary, and the input the words of a text, from its end', async () => {
  const { dataset } = encodeTable(await read(reviews), model(4, 3), choose, options);
  expect(idsOf(dataset.inputs[0]?.values ?? [], 3)).toEqual([
    [2, 1, 3],
    [1, 1, 1],
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test('the vocabulary is learnt from the training table alone', async () => {
  const table = await read(reviews);
  const { transform } = encodeTable(table, model(100, 4), choose, options);
  const other = await read('y,text\n1,"the zebra, the CAT zebra zebra"\n0,zebra\n', { like: table });
  const dataset = transform(other);
  expect(idsOf(dataset.inputs[0]?.values ?? [], 4)).toEqual([
    [2, 1, 2, 5],
    [1, 0, 0, 0],
  ]);
  expect(dataset.notes.join('\n')).not.toMatch(/one-hot|no such category/);
});

test('words of equal count come in descending order of their bytes in UTF-8', async () => {
  const { dataset } = encodeTable(
    await read('text,y\n"a ab 😀 ﬀ é zz",1\n"a ab 😀 ﬀ é zz",0\n'),
    model(100, 6),
    choose,
    options,
  );
  expect(idsOf(dataset.inputs[0]?.values ?? [], 6)[0]).toEqual([7, 6, 2, 3, 4, 5]);
});

test.each([
  [2, reviews, 'the embedding of input "words" must have at least 3 ids for the words of column "text"'],
  [100, 'text,y\n"...",1\n"?!",0\n', 'column "text" must have words; got none'],
])('what has no words is refused: %i ids', async (ids, text, message) => {
  const table = await read(text);
  expect(() => encodeTable(table, model(ids, 4), choose, options)).toThrow(message);
});

test('other features beside the text are still refused', async () => {
  const table = await read('text,n,y\n"a b",1,1\n"c d",2,0\n');
  expect(() => encodeTable(table, model(100, 3), choose, options)).toThrow(/must have numbers, because an embedding/);
});

test('a description counts the ids that the model gets, and asks nothing about the texts', async () => {
  const rows = Array.from({ length: 80 }, (_, i) => `"text number ${i}",${i % 2}`).join('\n');
  const given = { ...model(20, 5), name: 'reviews', chooseTarget: choose };
  const { columns, misfits, notes } = describeTable(await read(`text,y\n${rows}\n`), { model: given });
  expect(columns.map(({ features }) => features)).toEqual([5, 0]);
  expect(misfits).toEqual([]);
  expect(notes.join('\n')).not.toMatch(/--ignore/);
});

// 4,000 texts that hardly repeat, of words that are more frequent the smaller their number, and one word that few texts have.
const many = Array.from({ length: 4000 }, (_, row) => {
  const words = Array.from({ length: 6 }, (_word, i) => `w${Math.floor(((row * (i + 7)) % 97) ** 2 / 97)}`);
  return `${words.join(' ')} t${row}${row % 800 === 0 ? ' rare' : ''},${row % 2}`;
});
const long = `text,y\n${many.join('\n')}\n`;

test('texts that hardly repeat are read whole where they and their ids fit: each is not counted as a column of its own', async () => {
  const table = await scanTable(memorySource('long.csv', long), { missing: 'mean', memory: 2e7 });
  expect(table.whole).toBeUndefined();
  expect(table.rows).toBe(4000);
});

test('the vocabulary of a sample is that of all rows, so that the ids of a text do not depend on the memory', async () => {
  const whole = await readTable(memorySource('long.csv', long));
  const sample = await scanTable(memorySource('long.csv', long), { missing: 'mean', memory: 1.5e6 });
  expect(sample.rows).toBeLessThan(1000);
  const encode = (table: typeof whole) => encodeTable(table, model(120, 8), choose, options);
  const [all, some] = [encode(whole), encode(sample)];
  const ids = idsOf(all.dataset.inputs[0]?.values ?? [], 8);
  expect(idsOf(some.dataset.inputs[0]?.values ?? [], 8)).toEqual(
    [...(sample.whole?.numbers ?? [])].map((number) => ids[number]),
  );
  const [note] = some.dataset.notes.filter((each) => each.startsWith('text column'));
  expect(all.dataset.notes).toContain(note);
  const other = await readTable(memorySource('other.csv', 'text,y\nw0 w1 rare,1\n'), { like: sample });
  expect(some.transform(other).inputs).toEqual(all.transform(other).inputs);
});
