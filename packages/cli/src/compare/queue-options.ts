import { closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import { queueOption } from '../shared/queue-url.js';

/** Who trains, where it is not this process. */
export const QueueOptions = Type.Object(
  {
    queue: queueOption(
      'give the trainings to workers (lrfind worker) by a queue on this Redis: redis://host:6379, rediss:// for TLS; without a value the URL in LRFIND_QUEUE, which keeps a password out of the list of processes',
    ),
    shared: Type.Optional(
      Type.String({
        placeholder: 'path|url',
        description:
          'with --queue: a folder, or a URL that takes PUT, which this machine and all workers share, for models, rows and states above 16 MB',
      }),
    ),
  },
  closed,
);
