import { counted, countText } from '@lrfind/core';
import { DataTable } from '@lrfind/plots/page-parts';
import type { Given, Understood } from '../protocol.js';

/** The uses of a column that can be chosen. */
const roles = ['feature', 'target', 'ignored'] as const;

/** Layers that are listed one by one. */
const MOST_LAYERS = 200;

/** What was understood of a table and a model, before anything is trained. */
export function UnderstoodView({
  understood,
  given,
  onChange,
}: {
  understood: Understood;
  given: Given;
  onChange: (name: string, value: string | undefined) => void;
}) {
  const { table, groups, targets, model, notes, device } = understood;
  const features = table.columns.reduce((sum, column) => sum + column.features, 0);
  const named = (role: string) => table.columns.filter((column) => column.role === role).map(({ name }) => name);
  /** Gives a column another use. Names with commas are written as the command takes them. */
  const use = (column: string, role: string) => {
    const others = (names: string[]) => names.filter((name) => name !== column);
    const targetsNow = others(named('target'));
    const next = role === 'target' ? [...targetsNow, column] : targetsNow;
    const ignored = others(named('ignored'));
    onChange('target', listText(next));
    onChange('ignore', listText(role === 'ignored' ? [...ignored, column] : ignored));
  };
  const sentence = `${countText(table.rows)} rows${table.usable < table.rows ? `, ${countText(table.usable)} of them usable` : ''}, ${counted(table.columns.length, 'column')}, ${countText(features)} ${features === 1 ? 'feature' : 'features'}.`;
  return (
    <>
      <h3>The table</h3>
      <p>
        <b>{table.source}</b>: {sentence}
      </p>
      {table.misfits.map(({ problem, answer }) => (
        <p key={problem} class="problem">
          Does not fit: {problem}. Answer: {answer}
        </p>
      ))}
      <dl class="facts">
        {targets.map((target, i) => (
          <div key={target}>
            <dt>Target</dt>
            <dd>{target}</dd>
            <dt>Loss</dt>
            <dd>{table.targets[i]?.loss}</dd>
          </div>
        ))}
      </dl>
      <DataTable
        caption="The columns. Their use can be changed."
        columns={[
          { title: 'column' },
          { title: 'use' },
          { title: 'kind' },
          { title: 'missing', numeric: true },
          { title: 'features', numeric: true },
          { title: 'values' },
        ]}
        rows={groups.map(({ first, last, count, missing, features: own, values }) => [
          count === 1 ? first.name : `${first.name} … ${last.name} (${countText(count)})`,
          count === 1 ? (
            <select
              aria-label={`use of ${first.name}`}
              value={first.role}
              onChange={({ currentTarget }) => use(first.name, currentTarget.value)}
            >
              {first.role === 'weight' && <option value="weight">weight</option>}
              {roles.map((role) => (
                <option key={role} value={role}>
                  {role}
                </option>
              ))}
            </select>
          ) : (
            first.role
          ),
          first.kind,
          missing === 0 ? '' : countText(missing),
          own === 0 ? '' : countText(own),
          values,
        ])}
      />
      {('target' in given || 'ignore' in given) && (
        <p>
          <button
            type="button"
            onClick={() => {
              onChange('target', undefined);
              onChange('ignore', undefined);
            }}
          >
            Use the columns as they were understood
          </button>
        </p>
      )}
      <h3>The model</h3>
      {model ? (
        <>
          <p>
            <b>{model.name}</b>: {counted(model.layers.length, 'layer')}, {countText(model.parameters)} parameters,{' '}
            {model.hasWeights ? 'with weights' : 'without weights, so that each seed draws its own'}.
            {model.json !== undefined && ' It was made for this table, because no model was chosen.'}
          </p>
          <details>
            <summary>Its layers</summary>
            <DataTable
              caption="The layers of the model"
              columns={[
                { title: 'layer' },
                { title: 'kind' },
                { title: 'output' },
                { title: 'parameters', numeric: true },
              ]}
              rows={model.layers
                .slice(0, MOST_LAYERS)
                .map(({ name, kind, shape, parameters }) => [name, kind, shape, countText(parameters)])}
            />
          </details>
        </>
      ) : (
        <p>None could be made for this table.</p>
      )}
      {notes.length > 0 && (
        <details>
          <summary>{counted(notes.length, 'note')}</summary>
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      <p class="muted">Computed here, on {device}.</p>
    </>
  );
}

/** Names as a list flag takes them. */
function listText(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : names.map((name) => name.replaceAll(',', '\\,')).join(',');
}
