import type { CommandOptions } from '../command-entry.js';

/** The flags of a command with that of its configuration. They are loaded when they are asked for, to keep the start short. */
export function configured(load: () => Promise<CommandOptions>): () => Promise<CommandOptions> {
  return async () => {
    const [{ flags, help }, { ConfigOptions }] = await Promise.all([load(), import('./options.js')]);
    return { flags: [...flags, ['Configuration:', ConfigOptions]], ...(help !== undefined && { help }) };
  };
}
