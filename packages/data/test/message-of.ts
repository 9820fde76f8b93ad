import { InputError } from '@lrfind/core';
import { expect } from 'vitest';

/** The message of the InputError that this throws. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('was accepted');
}
