import type { FoundBackend } from '../backend.js';
import { registeredBackends } from '../registry.js';

/** A backend with what was found of it on this machine. */
export interface ListedBackend extends FoundBackend {
  /** The name by which it is chosen. */
  readonly name: string;
  /** One line about it. */
  readonly summary: string;
}

/**
 * Every backend, best first, as it is found on this machine. None is opened, so this takes a fraction of a second. A
 * backend that is found may still fail to start; `checkBackend` tests that.
 */
export function listBackends(): ListedBackend[] {
  return registeredBackends().map((backend) => ({
    name: backend.name,
    summary: backend.summary,
    ...backend.find(),
  }));
}
