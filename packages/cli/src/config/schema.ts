import type { TSchema } from 'typebox';
import type { CommandEntry } from '../command-entry.js';
import type { FlagSchema } from '../shared/flags.js';

/** A part of a JSON Schema. */
type Json = Readonly<Record<string, unknown>>;

/** What an editor needs of an option; the rest is about its flag. */
const KEPT = [
  ...['type', 'enum', 'const', 'anyOf', 'items', 'patternProperties', 'additionalProperties', 'pattern', 'minItems'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'default', 'description'],
];

/**
 * The JSON Schema of `lrfind.json`: options of all commands that take a configuration, and an object for each command whose
 * options differ.
 *
 * @param commands all of them
 */
export async function configSchema(commands: readonly CommandEntry[]): Promise<Json> {
  const configurable = commands.filter(({ isConfigurable }) => isConfigurable);
  const options = await Promise.all(
    configurable.map(async (command) => {
      const { flags } = await command.options();
      const declared = flags.flatMap(([, schema]) => Object.entries(schema.properties));
      return [command, Object.fromEntries(declared.filter(([name]) => name !== 'config').map(jsonOf))] as const;
    }),
  );
  const shared: Record<string, Json> = {};
  for (const [, each] of options)
    for (const [name, schema] of Object.entries(each)) shared[name] = either(shared[name], schema);
  const sections = options
    .filter(([{ name }]) => !Object.hasOwn(shared, name))
    .map(([{ name, description }, properties]) => [
      name,
      { type: 'object', description, properties, additionalProperties: false },
    ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'lrfind.json',
    description: 'Options of lrfind. Flags win over it; those of a command win over those of all.',
    type: 'object',
    properties: { $schema: { type: 'string' }, ...shared, ...Object.fromEntries(sections) },
    additionalProperties: false,
  };
}

/** An option with its schema: numbers are texts too, and a single value is a list of one. */
function jsonOf([name, schema]: [string, TSchema & FlagSchema]): [string, Json] {
  const { description, default: standard, ...own } = kept(schema);
  const { type } = schema;
  const value = type === 'string' && !('enum' in own) ? { ...own, type: ['string', 'number'] } : own;
  const { items } = own as { items?: Json };
  const form = type === 'array' && items ? { anyOf: [listOf(value, items), numbersToo(items)] } : value;
  return [
    name,
    {
      ...(description !== undefined && { description }),
      ...(standard !== undefined && { default: standard }),
      ...form,
    },
  ];
}

function listOf(list: Json, items: Json): Json {
  return { ...list, items: numbersToo(items) };
}

function numbersToo(items: Json): Json {
  return items.type === 'string' && !('enum' in items) ? { ...items, type: ['string', 'number'] } : items;
}

function kept(schema: TSchema): Json {
  const entries = Object.entries(schema).filter(([key]) => KEPT.includes(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      key === 'items' ? kept(value as TSchema) : key === 'anyOf' ? (value as TSchema[]).map(kept) : value,
    ]),
  );
}

/** What one command or another allows. */
function either(one: Json | undefined, other: Json): Json {
  if (one === undefined || JSON.stringify(one) === JSON.stringify(other)) return other;
  const { description, default: _, ...form } = one;
  const { description: _text, default: _standard, ...otherForm } = other;
  const forms = [...((form.anyOf as Json[] | undefined) ?? [form]), ...((otherForm.anyOf as Json[]) ?? [otherForm])];
  const different = forms.filter(
    (each, i) => forms.findIndex((before) => JSON.stringify(before) === JSON.stringify(each)) === i,
  );
  return { ...(description !== undefined && { description }), ...(different.length > 1 ? { anyOf: different } : form) };
}
