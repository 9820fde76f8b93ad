import { InputError } from '@lrfind/core';
import { expect } from 'vitest';

/** The message of the InputError that a function throws. */
export function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('was accepted');
}
