// What benches need of the built modules and the package does not export. Not published.
export { Worker } from 'bullmq';
export { openContents } from './contents.js';
export { ownKind, PREFIX, queueName } from './jobs.js';
export { redisConnection } from './open-redis.js';
export { redisAddress } from './redis-address.js';
