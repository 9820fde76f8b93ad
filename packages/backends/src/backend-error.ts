/** A backend that was asked for and cannot be had: an unknown name, or one that does not start on this machine. */
export class BackendError extends Error {
  override readonly name = 'BackendError';

  /**
   * @param message what is wrong and what is allowed
   * @param requested the name that came
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
