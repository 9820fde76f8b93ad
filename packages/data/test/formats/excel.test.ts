import { describe, expect, test } from 'vitest';
import { sheetCells } from '../../src/formats/excel/workbook.js';
import { readFixture } from '../fixture-tables.js';

test('the first sheet is read, or the one that is named; both are said', async () => {
  expect((await readFixture('two-sheets.xlsx')).notes).toEqual(['read sheet "about"; left "rows"']);
  const table = await readFixture('two-sheets.xlsx', { sheet: 'rows' });
  expect([...table.values]).toEqual([1, 1, 0, 2, 0, Number.NaN]);
  expect([table.place(1), ...(table.notes ?? [])]).toEqual(['row 3', 'read sheet "rows"; left "about"']);
  await expect(readFixture('two-sheets.xlsx', { sheet: 'row' })).rejects.toThrow(
    'sheet must be one of about, rows; got "row"; did you mean rows?',
  );
  await expect(readFixture('flats.csv', { sheet: 'a' })).rejects.toThrow(/^sheet is for Excel; .*flats\.csv is CSV$/);
});

const parts = { texts: ['shared'], isDate: (style: number) => style === 1, epoch: 1900 } as const;
const cellsOf = (cells: string, given: Parameters<typeof sheetCells>[2] = parts) =>
  sheetCells('a.xlsx: sheet "s"', `<sheetData><row r="2">${cells}</row></sheetData>`, given)[0]?.cells;

describe('a cell is', () => {
  test.each([
    ['a shared text', '<c r="A2" t="s"><v>0</v></c>', ['shared']],
    ['a text of its own, with entities', '<c r="A2" t="inlineStr"><is><t>a &amp; b &#233;</t></is></c>', ['a & b é']],
    ['a formula by its last value', '<c r="A2"><f>1+1</f><v>2</v></c>', [2]],
    ['a number after cells that are left out', '<c r="C2"><v>-1.5e3</v></c>', [null, null, -1500]],
    ['a boolean', '<c r="A2" t="b"><v>1</v></c>', [true]],
    ['a day', '<c r="A2" s="1"><v>45351</v></c>', ['2024-02-29']],
    ['a time', '<c r="A2" s="1"><v>45351.5625</v></c>', ['2024-02-29 13:30:00']],
    ['a day before the one that never was', '<c r="A2" s="1"><v>59</v></c>', ['1900-02-28']],
  ])('%s', (_, xml, cells) => expect(cellsOf(xml)).toEqual(cells));

  test('a day of a workbook that counts from 1904', () => {
    expect(cellsOf('<c r="A2" s="1"><v>43889</v></c>', { ...parts, epoch: 1904 })).toEqual(['2024-02-29']);
  });

  test.each([
    ['<c r="B2" t="e"><v>#DIV/0!</v></c>', 'a.xlsx: sheet "s": cell B2 must be a value; got the error #DIV/0!'],
    ['<c r="B2" t="s"><v>9</v></c>', 'a.xlsx: sheet "s": cell B2 names a text that the file does not have'],
    ['<c r="B2"><v>x</v></c>', 'a.xlsx: sheet "s": cell B2 must be a number; got x'],
    ['<c r="ZZZ2"><v>1</v></c>', 'a.xlsx: sheet "s": a cell of row 2 has the impossible place ZZZ2'],
    ['<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>', 'a.xlsx: sheet "s": a cell of row 2 has the impossible place A2'],
  ])('refused: %s', (xml, message) => expect(() => cellsOf(xml)).toThrow(message));
});
