import { InputError } from '@lrfind/core';

/** A backend cannot be used: its name is unknown, or it does not start on this machine. */
export class BackendError extends InputError {
  override readonly name = 'BackendError';

  /**
   * @param message what is wrong and what is allowed
   * @param requested the name that was asked for
   * @param allowed the names that would have been accepted
   */
  constructor(
    message: string,
    readonly requested: string,
    readonly allowed: readonly string[],
  ) {
    super(message);
  }
}
