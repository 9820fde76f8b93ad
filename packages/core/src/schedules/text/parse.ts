import type { TSchema } from 'typebox';
import { InputError } from '../../errors.js';
import { resolveOptions } from '../../options.js';
import { AUTO_STEPS, isTrainingSteps, makeSchedule } from '../make.js';
import { holdsSchedules } from '../parameters.js';
import { scheduleNamed } from '../registry.js';
import type { Schedule, ScheduleKind } from '../schedule.js';
import { type Argument, type CallNode, misplaced, type Node, readText } from './syntax.js';

/**
 * Reads a schedule from its text form: the name of a kind with its parameters in parentheses, such as
 * `cosine(0.1, steps=1000, warmup=100)`. Unnamed arguments fill the parameters in their declared order. A parameter
 * that is a schedule takes a text form or a number. A list is in brackets; a single item may stand for a list of one. A
 * number by itself is a constant rate.
 *
 * @param length steps of the training for which `steps` may be `auto`, or left out
 * @throws InputError with the text and a mark under the position of the mistake
 *
 * @example
 * const schedule = parseSchedule('warmup(cosine(0.1, steps=900), steps=100)');
 */
export function parseSchedule(text: string, length?: number): Schedule {
  const whole = readText(text);
  return toSchedule(whole, length);

  function toSchedule(node: Node, steps: number | undefined): Schedule {
    if (node.kind === 'number') return at(node, () => makeSchedule('constant', { rate: node.value }, made));
    if (node.kind === 'list') throw misplaced(text, node.at, 'expected a schedule; got a list');
    // A name by itself is a call without arguments, so that the error names the missing parameter.
    const call: CallNode = node.kind === 'word' ? { at: node.at, kind: 'call', name: node.value, arguments: [] } : node;
    const kind = at(node, () => scheduleNamed(call.name));
    const parameters: Record<string, unknown> = {};
    const schemaOf = (parameter: string) => (kind.parameters.properties[parameter] ?? {}) as TSchema;
    const take = (parameter: string, argument: Argument) => {
      const schema = schemaOf(parameter);
      const within = (index: number) => (kind.lengthWithin ? kind.lengthWithin(parameters, steps, index) : steps);
      const value = toValue(schema, argument.value, within);
      parameters[parameter] = value;
      if (isTrainingSteps(schema) && value === AUTO_STEPS) return;
      // Checks each argument by itself, so that the mark is under the wrong one.
      at(argument, () => resolveOptions(kind.parameters, { [parameter]: value }, (name) => `${kind.name}.${name}`));
    };
    // Schedules come last: the other arguments decide how many steps they are there for.
    const given = [...assign(kind, call.arguments)];
    const [inner, plain] = [true, false].map((holds) =>
      given.filter(([parameter]) => (holdsSchedules(schemaOf(parameter)) !== undefined) === holds),
    ) as [typeof given, typeof given];
    for (const [parameter, argument] of [...plain, ...inner]) take(parameter, argument);
    return at(node, () => makeSchedule(kind.name, parameters, made, steps));
  }

  /** Assigns arguments to parameters; the unnamed arguments of a kind with `rest` become one list. */
  function assign(kind: ScheduleKind, given: readonly Argument[]): Map<string, Argument> {
    const order = Object.keys(kind.parameters.properties);
    const assigned = new Map<string, Argument>();
    const unnamed = given.filter(({ name }) => name === undefined);
    if (kind.rest && unnamed[0]) {
      const { at } = unnamed[0];
      assigned.set(kind.rest, { at, value: { at, kind: 'list', items: unnamed.map(({ value }) => value) } });
    } else {
      for (const [i, argument] of unnamed.entries()) {
        const parameter = order[i];
        if (parameter === undefined) {
          throw misplaced(text, argument.at, `too many parameters for ${kind.name}, which has ${order.join(', ')}`);
        }
        assigned.set(parameter, argument);
      }
    }
    for (const argument of given) {
      if (argument.name === undefined) continue;
      if (assigned.has(argument.name)) {
        throw misplaced(text, argument.at, `${kind.name}.${argument.name} is given twice`);
      }
      assigned.set(argument.name, argument);
    }
    return assigned;
  }

  /** @param lengthWithin steps that a schedule is there for, by its place in the list */
  function toValue(parameter: TSchema, node: Node, lengthWithin: (index: number) => number | undefined): unknown {
    const holds = holdsSchedules(parameter);
    if ('items' in parameter) {
      const items = node.kind === 'list' ? node.items : [node];
      return items.map((item, i) =>
        holds ? toSchedule(item, lengthWithin(i)) : toValue(parameter.items as TSchema, item, lengthWithin),
      );
    }
    if (holds) return toSchedule(node, lengthWithin(0));
    if (node.kind === 'list') return node.items.map((item) => toValue({}, item, lengthWithin));
    if (node.kind === 'call') throw misplaced(text, node.at, `expected a value; got ${node.name}(…)`);
    return node.value === 'true' || node.value === 'false' ? node.value === 'true' : node.value;
  }

  function at<Result>(place: { readonly at: number }, check: () => Result): Result {
    try {
      return check();
    } catch (error) {
      throw error instanceof InputError ? misplaced(text, place.at, error.message) : error;
    }
  }
}

/** The schedules within a text are made before the one that contains them. */
const made = (schedule: unknown) => schedule as Schedule;
