// What programs of the build and benches need of the built modules and the package does not export. Not published.
export { commands } from './commands.js';
export { configSchema } from './config/schema.js';
export { eventStream } from './live/event-stream.js';
export { servePage } from './live/page-server.js';
export { showSearch } from './live/search-page.js';
export { flagName, flagTerm, flagText } from './shared/flags.js';
