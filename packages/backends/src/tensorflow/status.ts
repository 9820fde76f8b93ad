import type { Functions, Pointer } from './c-functions.js';

/** Names of the error codes (`TF_Code`), by number. */
const CODES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** An error that TensorFlow's library reports, with its own message. */
export class TensorFlowError extends Error {
  override readonly name = 'TensorFlowError';

  /** @param code TensorFlow's name for the kind of error, as `INVALID_ARGUMENT` */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Where the C functions report how they fared. One serves all, since each call is looked at before the next. */
export class Status {
  readonly pointer: Pointer;
  readonly #c: Functions;

  constructor(c: Functions) {
    this.#c = c;
    this.pointer = c.NewStatus();
  }

  /** @throws TensorFlowError when the last function to which it was given failed */
  check(): void {
    const code = this.#c.GetCode(this.pointer);
    if (code === 0) return;
    const message = this.#c.Message(this.pointer);
    // Some functions report failures only, and would leave this one in place.
    this.#c.SetStatus(this.pointer, 0, '');
    throw new TensorFlowError(message, CODES[code] ?? String(code));
  }
}
