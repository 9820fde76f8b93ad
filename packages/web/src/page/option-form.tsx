import { useId } from 'preact/hooks';
import type { Field, FieldGroup, Given } from '../protocol.js';

/** The options of a command, by their headings; each heading can be opened. */
export function OptionForm({
  groups,
  given,
  onChange,
}: {
  groups: readonly FieldGroup[];
  given: Given;
  onChange: (name: string, value: string | boolean | undefined) => void;
}) {
  return (
    <>
      {groups.map(({ heading, fields }) => {
        const set = fields.filter(({ name }) => name in given).length;
        return (
          fields.length > 0 && (
            <details key={heading} class="options">
              <summary>
                {heading}
                {set > 0 && <span class="count"> {set} set</span>}
              </summary>
              <div class="fields">
                {fields.map((field) => (
                  <FieldView key={field.name} field={field} value={given[field.name]} onChange={onChange} />
                ))}
              </div>
            </details>
          )
        );
      })}
    </>
  );
}

function FieldView({
  field,
  value,
  onChange,
}: {
  field: Field;
  value: string | boolean | undefined;
  onChange: (name: string, value: string | boolean | undefined) => void;
}) {
  const id = useId();
  const { name, flag, help, type, standard, choices } = field;
  const set = (text: string) => onChange(name, text === '' ? undefined : text);
  const common = { id, 'aria-describedby': `${id}-help` };
  const text = typeof value === 'string' ? value : '';
  return (
    <div class={type === 'switch' ? 'field switch' : 'field'}>
      {type === 'switch' && (
        <input
          {...common}
          type="checkbox"
          checked={typeof value === 'boolean' ? value : standard === 'true'}
          onChange={({ currentTarget: { checked } }) =>
            onChange(name, String(checked) === (standard || 'false') ? undefined : checked)
          }
        />
      )}
      <label for={id}>
        {inWords(name)} <code>{flag}</code>
      </label>
      {type === 'choice' && (
        <select {...common} value={text} onChange={({ currentTarget }) => set(currentTarget.value)}>
          <option value="">{standard || 'default'}</option>
          {choices
            .filter((choice) => choice !== standard)
            .map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
        </select>
      )}
      {(type === 'text' || type === 'number') && (
        <input
          {...common}
          type="text"
          inputMode={type === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          spellcheck={false}
          value={text}
          placeholder={standard}
          list={choices.length > 0 ? `${id}-words` : undefined}
          onChange={({ currentTarget }) => set(currentTarget.value)}
        />
      )}
      {type === 'text' && choices.length > 0 && (
        <datalist id={`${id}-words`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      <p id={`${id}-help`} class="help">
        {help}
      </p>
    </div>
  );
}

/** `batchSize` as `Batch size`. */
function inWords(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
