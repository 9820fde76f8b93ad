// What benches need of the built modules and the package does not export. Not published.
export { Worker } from 'bullmq';
export { openContents } from './contents/contents.js';
export { ownKind, PREFIX, queueName } from './jobs/job-kind.js';
export { redisAddress } from './redis/address.js';
export { redisConnection } from './redis/connection.js';
