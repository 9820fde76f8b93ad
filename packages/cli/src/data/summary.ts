import { counted, countText } from '@lrfind/core';
import type { ColumnDescription, TableDescription } from '@lrfind/core/results';
import { clipped, summaryText, terminalColumns, textTable } from '../shared/terminal/text.js';
import { columnGroups } from './column-groups.js';
import { contentsText, targetText } from './texts.js';

/** What was understood of a table, for a terminal: its columns, the target and the loss, the shape that a model gets, what does not fit, some rows. */
export function tableSummary(description: TableDescription): string {
  const { source, rows, usable, columns, misfits, notes } = description;
  const features = columns.reduce((sum, column) => sum + column.features, 0);
  const head = [
    source,
    `${countText(rows)} rows${usable < rows ? `, ${countText(usable)} usable` : ''}`,
    counted(columns.length, 'column'),
    `${countText(features)} ${features === 1 ? 'feature' : 'features'}`,
  ].join(' · ');
  const width = terminalColumns();
  return summaryText([
    head,
    columnsTable(columns, width),
    textTable(answers(description)).join('\n'),
    misfits
      // The source is in the first line.
      .map(({ problem, answer }) => `does not fit: ${problem.replace(`${source}: `, '')}\n   answer: ${answer}`)
      .join('\n'),
    examplesTable(description, width),
    notes.map((note) => `note: ${note}`).join('\n'),
  ]);
}

function columnsTable(columns: readonly ColumnDescription[], width: number): string {
  const rows = columnGroups(columns).map((group) => {
    const { first, last, count, missing } = group;
    const name = count === 1 ? first.name : `${first.name} … ${last.name} (${countText(count)})`;
    const role = first.role === 'feature' ? countText(group.features) : first.role;
    return [name, first.kind, missing === 0 ? '' : countText(missing), role, contentsText(group)];
  });
  return textTable(rows, ['column', 'kind', 'missing', 'features', 'values'])
    .map((line) => clipped(line, width))
    .join('\n');
}

function answers({ targets, inputs, model, misfits, rows }: TableDescription): [string, string][] {
  const lines = targets.flatMap((target): [string, string][] => [
    ['target', targetText(target)],
    ['loss', target.loss],
  ]);
  const shape = inputs.map((each) => `[${each.join(', ')}]`).join(', ');
  const outputs =
    model?.outputs.map((each) => `[${each.shape.join(', ')}]`) ?? targets.map(({ units }) => `[${units}]`);
  lines.push(['a row', `${shape} in, ${outputs.join(', ')} out${model ? '' : ', for a plain model'}`]);
  if (model)
    lines.push(['model', `${model.name}: ${misfits.length === 0 ? 'the table fits' : 'the table does not fit'}`]);
  if (rows === 0) lines.push(['rows', 'none']);
  return lines;
}

/** The first rows and the drawn ones, with as many columns as have room, the target always. */
function examplesTable({ columns, examples }: TableDescription, width: number): string {
  if (examples.length === 0) return '';
  const cells = [
    ['row', ...columns.map(({ name }) => clipped(name, 24))],
    ...examples.map(({ row, values }) => [
      countText(row),
      ...values.map((value) => (value === null ? '' : clipped(typeof value === 'number' ? String(value) : value, 24))),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const targets = columns.flatMap(({ role }, column) => (role === 'target' ? [column + 1] : []));
  let room = width - targets.reduce((sum, column) => sum + (widths[column] as number) + 3, 4);
  const shown: number[] = [];
  for (const [column, own] of widths.entries()) {
    if (targets.includes(column)) continue;
    room -= own + 3;
    if (room < 0) break;
    shown.push(column);
  }
  const all = [...shown, ...targets].toSorted((a, b) => a - b);
  const left = widths.length > all.length;
  const rows = cells.map((row) =>
    all.flatMap((column) => [...(left && column === targets[0] ? ['…'] : []), row[column] ?? '']),
  );
  return textTable(rows.slice(1), rows[0]).join('\n');
}
