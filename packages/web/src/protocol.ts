// What the page and its worker say to each other, as plain data.

import type { TableDescription } from '@lrfind/core/results';
import type { ColumnGroup } from 'lrfind/src/data/column-groups.js';
import type { LiveUpdate, PageStart } from 'lrfind/src/live/live-state.js';

/** What the page can do, by the name of the command that does the same. */
export type CommandName = 'find' | 'train' | 'compare';

/** What is set in the form: a text as on the command line, or whether a flag is on, by the name of the option. */
export type Given = Readonly<Record<string, string | boolean>>;

/** The same as the command line collects it. */
export type Flags = Readonly<Record<string, unknown>>;

/** The files of the visitor. */
export interface Inputs {
  /** The main file of the model; without one a plain model is made for the table. */
  readonly model?: File | undefined;
  readonly table?: File | undefined;
  /** All files that were chosen, among which those of the weights are. */
  readonly files: readonly File[];
}

/** An option as the form shows it. */
export interface Field {
  readonly name: string;
  /** Its flag on the command line. */
  readonly flag: string;
  readonly help: string;
  readonly type: 'text' | 'number' | 'switch' | 'choice';
  /** What it is where nothing is set; empty where that depends on other things. */
  readonly standard: string;
  readonly choices: readonly string[];
  /** Whether a list of values, with commas. */
  readonly list: boolean;
  /** Whether table or model are read with it, so that a change of it changes what is understood. */
  readonly isReading: boolean;
}

/** Options that belong together. */
export interface FieldGroup {
  readonly heading: string;
  readonly fields: readonly Field[];
}

/** A layer of a model. */
export interface LayerSummary {
  readonly name: string;
  readonly kind: string;
  readonly shape: string;
  readonly parameters: number;
}

/** What was understood of model and table. */
export interface Understood {
  readonly table: TableDescription;
  readonly groups: readonly (ColumnGroup & { readonly values: string })[];
  /** Each target in a sentence. */
  readonly targets: readonly string[];
  /** Undefined where none could be made for the table, which its misfits explain. */
  readonly model?: {
    readonly name: string;
    readonly layers: readonly LayerSummary[];
    readonly parameters: number;
    readonly hasWeights: boolean;
    /** The `model.json` of a plain model, which was made for the table. */
    readonly json?: string | undefined;
  };
  readonly notes: readonly string[];
  /** Where it is computed, in words. */
  readonly device: string;
}

/** A result as the page shows it. */
export interface Shown {
  readonly title: string;
  readonly lead: string;
  /** The document that the command writes. */
  readonly json: string;
  /** Its report, whose content the page shows. */
  readonly report: string;
}

/** What the page asks for. */
export type Task =
  | { readonly kind: 'understand'; readonly inputs: Inputs; readonly flags: Flags }
  | { readonly kind: 'run'; readonly command: CommandName; readonly inputs: Inputs; readonly flags: Flags }
  | { readonly kind: 'picture'; readonly json: string; readonly dark: boolean }
  | { readonly kind: 'open'; readonly files: readonly File[] };

/** The answer to each task. */
export interface Answers {
  readonly understand: Understood;
  readonly run: Shown;
  /** A chart as SVG. */
  readonly picture: string;
  readonly open: { readonly start: PageStart; readonly report: string };
}

/** From the page to its worker. */
export type ToWorker = { readonly id: number; readonly task: Task } | { readonly stop: number };

/** From the worker to its page. */
export type FromWorker =
  | { readonly id: number; readonly answer: Answers[Task['kind']] }
  | { readonly id: number; readonly error: string; readonly isMistake: boolean }
  | { readonly id: number; readonly update: LiveUpdate };
