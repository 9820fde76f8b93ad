import { InputError } from '@lrfind/core';
import { matMul, reshape, sum, type Tensor, transpose } from '@tensorflow/tfjs-core';

/** The axes of an `einsum` of two tensors, a letter each. */
export interface Equation {
  readonly left: string;
  readonly right: string;
  readonly output: string;
}

/**
 * Reads `abc,cd->abd`. Dots stand for the axes of the left tensor and the output that have no letter.
 *
 * @param rank of the left tensor
 * @throws InputError for an equation that is not one of two tensors
 */
export function equationOf(equation: string, rank: number): Equation {
  const [, left, right, output] = /^([a-z.]+),([a-z]+)->([a-z.]*)$/.exec(equation) ?? [];
  if (left === undefined || right === undefined || output === undefined)
    throw new InputError(`equation must be two tensors and an output, such as "abc,cd->abd"; got "${equation}"`);
  const named = left.replace('...', '');
  const open = 'abcdefghijklmnopqrstuvwxyz'
    .split('')
    .filter((letter) => !equation.includes(letter))
    .slice(0, left.includes('...') ? rank - named.length : 0)
    .join('');
  const found = { left: left.replace('...', open), right, output: output.replace('...', open) };
  const repeats = [found.left, found.right, found.output].some((each) => new Set(each).size !== each.length);
  const unknown = found.output.split('').find((letter) => !`${found.left}${found.right}`.includes(letter));
  if (repeats || unknown || found.left.length !== rank || /\./.test(found.left + found.output))
    throw new InputError(
      `equation must have ${rank} different axes for its input, all known in the output; got "${equation}"`,
    );
  return found;
}

/** The sum of products of two tensors over the axes that the output lacks, as one product of matrices. */
export function einsum(a: Tensor, b: Tensor, { left, right, output }: Equation): Tensor {
  const alone = (letters: string, other: string) =>
    letters.split('').filter((letter) => !other.includes(letter) && !output.includes(letter));
  const first = summed(a, left, alone(left, right));
  const second = summed(b, right, alone(right, left));
  const [l, r] = [first.letters, second.letters];
  const shared = l.filter((letter) => r.includes(letter) && output.includes(letter));
  const inner = l.filter((letter) => r.includes(letter) && !output.includes(letter));
  const rows = l.filter((letter) => !r.includes(letter));
  const columns = r.filter((letter) => !l.includes(letter));
  const lengthOf = (letter: string) =>
    (l.includes(letter) ? first.value.shape[l.indexOf(letter)] : second.value.shape[r.indexOf(letter)]) as number;
  const size = (letters: readonly string[]) => letters.reduce((product, letter) => product * lengthOf(letter), 1);
  const arranged = (value: Tensor, letters: readonly string[], order: readonly string[], shape: number[]) =>
    reshape(
      transpose(
        value,
        order.map((letter) => letters.indexOf(letter)),
      ),
      shape,
    );
  const product = matMul(
    arranged(first.value, l, [...shared, ...rows, ...inner], [size(shared), size(rows), size(inner)]),
    arranged(second.value, r, [...shared, ...inner, ...columns], [size(shared), size(inner), size(columns)]),
  );
  const made = [...shared, ...rows, ...columns];
  return transpose(
    reshape(product, made.map(lengthOf)),
    output.split('').map((letter) => made.indexOf(letter)),
  );
}

function summed(value: Tensor, letters: string, gone: readonly string[]): { value: Tensor; letters: string[] } {
  const list = letters.split('');
  if (gone.length === 0) return { value, letters: list };
  return {
    value: sum(
      value,
      gone.map((letter) => list.indexOf(letter)),
    ),
    letters: list.filter((letter) => !gone.includes(letter)),
  };
}
