import type { Functions, Pointer } from './c-functions.js';

/** The names of TensorFlow's error codes (`TF_Code`), by number. */
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

/** An error that TensorFlow's library reports, with the library's message. */
export class TensorFlowError extends Error {
  override readonly name = 'TensorFlowError';

  /** @param code TensorFlow's name for the kind of error, such as `INVALID_ARGUMENT` */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** A `TF_Status`, to which C functions report failures. All functions share one, because each is checked at once. */
export class Status {
  readonly pointer: Pointer;
  readonly #c: Functions;

  constructor(c: Functions) {
    this.#c = c;
    this.pointer = c.NewStatus();
  }

  /** @throws TensorFlowError when the last function that got this status failed */
  check(): void {
    const code = this.#c.GetCode(this.pointer);
    if (code === 0) return;
    const message = this.#c.Message(this.pointer);
    // Some functions set the status only when they fail, so the old failure must be cleared.
    this.#c.SetStatus(this.pointer, 0, '');
    throw new TensorFlowError(message, CODES[code] ?? String(code));
  }
}
