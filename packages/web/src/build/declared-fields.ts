// The form, from the declarations of the flags. The build runs this module, so that a page has its form without them.
import { comparisonFlags } from 'lrfind/src/compare/comparison-options.js';
import { PlainModelFlags, TableFiles } from 'lrfind/src/data/options.js';
import { searchFlags } from 'lrfind/src/find/search-options.js';
import { type FlagSchema, flagOf } from 'lrfind/src/shared/flags.js';
import { trainingFlags } from 'lrfind/src/train/training-options.js';
import type { CommandName, Field, FieldGroup } from '../protocol.js';

/** What a page has no use for: files, which are dropped, and choices that only Node has. */
const withoutField: readonly string[] = [
  ...['model', 'data', 'validation', 'test', 'query', 'imageShape', 'backend', 'memory'],
];

/** Which plain model is made for a table without one. */
const plainModelFlags: Declared = [
  ['Plain model, where none is chosen:', { properties: { net: PlainModelFlags.properties.net } }],
];

/** What the table and the model are read with: a change of these changes what is understood. */
const reading: readonly string[] = [
  ...Object.keys(TableFiles.properties),
  ...Object.keys(PlainModelFlags.properties),
  'weights',
];

/** The fields of each command, from the declarations of its flags. */
export const fields: Readonly<Record<CommandName, readonly FieldGroup[]>> = {
  find: groupsOf(searchFlags),
  train: groupsOf(trainingFlags),
  compare: groupsOf(comparisonFlags),
};

/** Options by the heading of their group. */
type Declared = readonly (readonly [heading: string, schema: { readonly properties: object }])[];

function groupsOf(flags: Declared) {
  return [...flags, ...plainModelFlags].map(([heading, { properties }]) => ({
    heading: heading.replace(/:$/, ''),
    fields: Object.entries(properties)
      .filter(([name]) => !withoutField.includes(name))
      .map(([name, schema]) => fieldOf(name, schema as FlagSchema)),
  }));
}

function fieldOf(name: string, schema: FlagSchema): Field {
  const { description = '', default: standard, type, optionalValue } = schema;
  const choices = schema.enum ?? [];
  const isSwitch = type === 'boolean';
  return {
    name,
    flag: flagOf(name, schema),
    help: description,
    type:
      choices.length > 0 ? 'choice' : isSwitch ? 'switch' : type === 'number' || type === 'integer' ? 'number' : 'text',
    standard:
      standard === undefined ||
      (Array.isArray(standard) && standard.length === 0) ||
      (optionalValue && standard === false)
        ? ''
        : String(standard),
    choices: choices.length > 0 ? choices : (schema.examples ?? []),
    list: type === 'array' || type === 'object',
    isReading: reading.includes(name),
  };
}
