import { registeredBackends } from '@lrfind/backends';
import { choice, closed } from '@lrfind/core/options';
import * as Type from 'typebox';
import type { FlagGroups } from '../shared/flags.js';
import { ownQueueOption } from '../shared/queue-url.js';

/** Where trainings come from, and how they are run. */
export const WorkerOptions = Type.Object(
  {
    queue: ownQueueOption,
    concurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1024,
        description:
          'trainings at a time, each in a process of its own with its part of the processors (default: one for each processor, or for each of LRFIND_THREADS; 1 on a GPU)',
      }),
    ),
    backend: choice(['auto', ...registeredBackends().map(({ name }) => name)], {
      default: 'auto',
      description: 'where to compute; a worker takes the trainings of comparisons on that backend alone',
    }),
    stalledAfter: Type.Number({
      minimum: 1,
      maximum: 3600,
      default: 30,
      placeholder: 'seconds',
      description:
        'seconds after which what a worker had that says nothing is given to another one; the same for all workers',
    }),
  },
  closed,
);

/** What a worker keeps, and what it may do. */
export const WorkerFiles = Type.Object(
  {
    cache: Type.Optional(
      Type.String({
        placeholder: 'path',
        minLength: 1,
        allowed: 'the path of a folder',
        description: "folder for models and rows that were fetched (default: queue in lrfind's cache folder)",
      }),
    ),
    cacheSize: Type.Number({
      minimum: 0,
      maximum: 1e6,
      default: 2,
      placeholder: 'GB',
      description: 'gigabytes that the cache may take; what was used longest ago is removed',
    }),
    shared: Type.Optional(
      Type.String({
        placeholder: 'path|url',
        description: 'the folder or URL that lrfind compare has as --shared',
      }),
    ),
    allowCode: Type.Boolean({
      default: false,
      description:
        'also take trainings of models that bring code of their own, and run it with the rights of this process: only where you trust all who can write to the queue',
    }),
    quiet: Type.Boolean({ default: false, description: 'say nothing of trainings that are done' }),
  },
  closed,
);

/** All flags of `lrfind worker`. */
export const flags: FlagGroups = [
  ['Work:', WorkerOptions],
  ['Files:', WorkerFiles],
];

/** Help after the flags. */
export const help = `
It takes trainings of lrfind compare --queue until Ctrl-C or SIGTERM. Then it
finishes those that it has, and ends. A second Ctrl-C ends it at once, and other
workers begin what it had again. It must have the version of the lrfind that
compares. docs/many-machines.md has files for Docker Compose and systemd.

Examples:
  $ lrfind worker --queue redis://10.0.0.5
  $ LRFIND_QUEUE=rediss://user:password@redis.example:6380 lrfind worker --concurrency 4
  $ lrfind worker --queue redis://10.0.0.5 --shared /mnt/lrfind`;
