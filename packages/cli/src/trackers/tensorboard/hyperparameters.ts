import type { TrackedParameters, TrackedRun } from '../tracked-result.js';
import { pluginValue } from './event-file.js';
import { type Bytes, double, joined, message, text, wholeNumber } from './protobuf.js';

const PLUGIN = 'hparams';

/**
 * The value with which a run is a session of the plugin for hyperparameters.
 *
 * @param group the sessions of one name are shown together, such as the seeds of a trial
 * @param started in seconds since 1970
 */
export function sessionStart(parameters: TrackedParameters, group: string, started: number): Bytes {
  const entries = Object.entries(parameters).map(([name, value]) =>
    message(START.parameters, text(ENTRY.key, name), message(ENTRY.value, parameterValue(value))),
  );
  const start = message(DATA.start, ...entries, text(START.group, group), double(START.started, started));
  return pluginValue('_hparams_/session_start_info', PLUGIN, joined(wholeNumber(DATA.version, 0), start));
}

/**
 * The value with which a session ends.
 *
 * @param ended in seconds since 1970
 */
export function sessionEnd(outcome: TrackedRun['outcome'], ended: number): Bytes {
  const status = outcome === 'finished' || outcome === 'stopped' ? SUCCESS : FAILURE;
  const end = message(DATA.end, wholeNumber(END.status, status), double(END.ended, ended));
  return pluginValue('_hparams_/session_end_info', PLUGIN, joined(wholeNumber(DATA.version, 0), end));
}

function parameterValue(value: string | number | boolean): Bytes {
  if (typeof value === 'number') return double(PARAMETER.number, value);
  return typeof value === 'string' ? text(PARAMETER.text, value) : wholeNumber(PARAMETER.bool, Number(value));
}

// Field numbers of the plugin's messages, of an entry of a map, and of protobuf's `Value`.
const DATA = { version: 1, start: 3, end: 4 };
const START = { parameters: 1, group: 4, started: 5 };
const END = { status: 1, ended: 2 };
const ENTRY = { key: 1, value: 2 };
const PARAMETER = { number: 2, text: 3, bool: 4 };
// Values of the enumeration `Status`.
const [SUCCESS, FAILURE] = [1, 2];
