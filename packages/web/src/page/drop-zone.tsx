import { useState } from 'preact/hooks';
import type { Inputs } from '../protocol.js';

/** Where files are dropped or chosen. */
export function DropZone({ inputs, onFiles }: { inputs: Inputs; onFiles: (files: readonly File[]) => void }) {
  const [isOver, setOver] = useState(false);
  const { model, table, files } = inputs;
  const weights = files.filter((file) => file !== model && file !== table);
  return (
    <label
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <span class="drop-title">Drop files here, or choose them</span>
      <span>
        A table (CSV, TSV, Parquet, Arrow, NumPy, Excel, JSON), and a model: <code>model.json</code> with its{' '}
        <code>.bin</code> files, <code>.keras</code> or <code>.h5</code>. Without a model a plain one is made for the
        table. Results that lrfind has stored as JSON are opened.
      </span>
      <input
        type="file"
        multiple
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      {(model || table) && (
        <span class="chosen">
          Table: <b>{table?.name ?? 'none yet'}</b>. Model: <b>{model?.name ?? 'a plain one'}</b>
          {weights.length > 0 && `, with ${weights.map(({ name }) => name).join(', ')}`}.
        </span>
      )}
    </label>
  );
}
