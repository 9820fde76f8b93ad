import { InputError } from '@lrfind/core';

/** A backend cannot be used: its name is unknown, a setting is not allowed, or it does not start on this machine. */
export class BackendError extends InputError {
  override readonly name = 'BackendError';

  /**
   * @param message what is wrong, and what is allowed
   * @param requested the name of the backend that was requested
   * @param allowed the names that would have been accepted; empty where the name is not what is wrong
   */
  constructor(
    message: string,
    readonly requested: string,
    readonly allowed: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A backend computes on a device that this machine does not have: nothing is wrong with what is installed. */
export class NoDeviceError extends BackendError {}
