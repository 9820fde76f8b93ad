import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { ownQueueOption } from '../shared/queue-url.js';

/** Which queue is shown, and how. */
export const QueueStateOptions = Type.Object(
  {
    queue: ownQueueOption,
    last: Type.Integer({
      minimum: 0,
      maximum: 2000,
      default: 10,
      description: 'how many trainings to show that are done or have failed, the latest ones',
    }),
    json: Type.Boolean({ default: false, description: 'print it as JSON' }),
  },
  closed,
);

/** All flags of `lrfind queue`. */
export const flags: FlagGroups = [['Queue:', QueueStateOptions]];

/** Help after the flags. */
export const help = `
Examples:
  $ lrfind queue --queue redis://10.0.0.5
  $ LRFIND_QUEUE=redis://10.0.0.5 lrfind queue --json --last 100`;
