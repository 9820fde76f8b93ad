import { expect, test } from 'vitest';
import type { Attribute } from '../../src/tensorflow/attributes.js';
import { DataType, type Values } from '../../src/tensorflow/data-types.js';
import { describeTensorFlow } from '../support/tensorflow.js';
import { openBinding, string, text } from './binding.js';

const FLOAT = DataType.float32;

describeTensorFlow('an operation', () => {
  const binding = () => {
    const made = openBinding();
    const matrix = made.createTensor([2, 3], FLOAT, Float32Array.of(1, 2, 3, 4, 5, 6));
    const integers = made.createTensor([2], DataType.int32, Int32Array.of(1, 2));
    return { made, matrix, integers };
  };

  test.each<[string, string, ('matrix' | 'integers')[], Attribute[], number, string, RegExp]>([
    [
      'wrong shapes',
      'MatMul',
      ['matrix', 'matrix'],
      [],
      1,
      'INVALID_ARGUMENT',
      /^Matrix size-incompatible: In\[0\]: \[2,3\]/,
    ],
    [
      'wrong types',
      'AddV2',
      ['matrix', 'integers'],
      [],
      1,
      'INVALID_ARGUMENT',
      /expected to be a float tensor but is a int32/,
    ],
    ['too few inputs', 'AddV2', ['matrix'], [], 1, 'INVALID_ARGUMENT', /(do not match 1 inputs|got 1)/],
    ['too few outputs', 'Unique', ['integers'], [], 1, 'INVALID_ARGUMENT', /Expecting 2 outputs/],
    ['a missing attribute', 'Cast', ['matrix'], [], 1, 'NOT_FOUND', /No attr named 'DstT'/],
    ['an unknown data type', 'Cast', ['matrix'], [{ name: 'DstT', type: 4, value: 99 }], 1, 'INVALID_ARGUMENT', /99/],
    [
      'an attribute of another type',
      'Cast',
      ['matrix'],
      [{ name: 'DstT', type: 1, value: 3 }],
      1,
      'INVALID_ARGUMENT',
      /'type' expected/,
    ],
    ['an unknown name', 'NoSuchOp', ['matrix'], [], 1, 'NOT_FOUND', /'NoSuchOp' is neither/],
  ])('with %s is an Error with the message of TensorFlow', (_, name, inputs, attributes, outputs, code, message) => {
    const { made, ...tensors } = binding();
    const run = () =>
      made.executeOp(
        name,
        attributes,
        inputs.map((input) => tensors[input]),
        outputs,
      );
    expect(run).toThrow(
      expect.objectContaining({ name: 'TensorFlowError', code, message: expect.stringMatching(message) }),
    );
    expect(made.getNumOfTensors()).toBe(2);
    const sum = made.executeOp('AddV2', [], [tensors.matrix, tensors.matrix], 1)[0];
    expect(made.tensorDataSync(sum?.id as number)).toEqual(Float32Array.of(2, 4, 6, 8, 10, 12));
    made.dispose();
  });

  test('with too many inputs is refused before it runs, and one with too few outputs leaves nothing behind', () => {
    const { made, matrix, integers } = binding();
    expect(() => made.executeOp('AddV2', [], [matrix, matrix, matrix], 1)).toThrow(
      'inputs of AddV2 must be at most 2 tensors; got 3',
    );
    expect(() => made.executeOp('AddV2', [], [matrix, matrix], 2)).toThrow('outputs of AddV2 must be 2 tensors; got 1');
    // An operation with an input list accepts any number of tensors.
    const n = [
      { name: 'N', type: made.TF_ATTR_INT, value: 4 },
      { name: 'T', type: made.TF_ATTR_TYPE, value: DataType.int32 },
    ];
    const sum = made.executeOp('AddN', n, [integers, integers, integers, integers], 1)[0];
    expect(made.tensorDataSync(sum?.id as number)).toEqual(Int32Array.of(4, 8));
    expect(made.getNumOfTensors()).toBe(3);
    made.dispose();
  });

  test('on a tensor that was deleted is refused', () => {
    const { made, matrix, integers } = binding();
    made.deleteTensor(matrix);
    const gone = `there is no tensor ${matrix}; it was deleted, or never created`;
    expect(() => made.executeOp('Neg', [], [matrix], 1)).toThrow(gone);
    expect(() => made.tensorDataSync(matrix)).toThrow(gone);
    expect(() => made.deleteTensor(matrix)).toThrow(gone);
    expect(made.getNumOfTensors()).toBe(1);
    expect(made.tensorDataSync(integers)).toEqual(Int32Array.of(1, 2));
    made.dispose();
    expect(() => made.deleteTensor(integers)).not.toThrow();
  });
});

describeTensorFlow('a tensor', () => {
  test.each<[string, number[], number, Values, RegExp]>([
    [
      'of the wrong array',
      [2],
      FLOAT,
      Int32Array.of(1, 2),
      /type float32 and shape \[2\] must be Float32Array of length 2; got Int32Array of length 2$/,
    ],
    [
      'of too few values',
      [2, 3],
      FLOAT,
      Float32Array.of(1, 2),
      /must be Float32Array of length 6; got Float32Array of length 2$/,
    ],
    [
      'of numbers in a list',
      [1],
      FLOAT,
      [Uint8Array.of(1)],
      /must be Float32Array of length 1; got Array of length 1$/,
    ],
    ['of half a pair', [1], DataType.int64, Int32Array.of(1), /must be BigInt64Array of length 1/],
    ['of a negative size', [-1], FLOAT, new Float32Array(0), /^shape must be .*; got \[-1\]$/],
    ['of a fraction', [0.5], FLOAT, new Float32Array(0), /^shape must be .*; got \[0.5\]$/],
    ['of sizes that overflow', [2 ** 40, 2 ** 40, 0], FLOAT, new Float32Array(0), /^shape must be /],
    ['of too many axes', new Array(255).fill(1), FLOAT, Float32Array.of(1), /^shape must be at most 254 sizes/],
    ['of a type that TensorFlow.js lacks', [1], 2, Float32Array.of(1), /data type 2 cannot be created/],
    ['of strings that are text', [1], DataType.string, ['x'] as unknown as Values, /must be an array of 1 Uint8Array$/],
    ['of too few strings', [2], DataType.string, [text('x')], /must be an array of 2 Uint8Arrays$/],
  ])('%s is refused, and nothing is kept', (_, shape, dtype, values, message) => {
    const binding = openBinding();
    expect(() => binding.createTensor(shape, dtype, values)).toThrow(message);
    expect(binding.getNumOfTensors()).toBe(0);
  });
});

describeTensorFlow('an attribute', () => {
  /** Executes an operation of one output and reads it. */
  function compute(
    name: string,
    attributes: Record<string, [kind: AttributeKind, value: unknown]>,
    inputs: [number[], number, Values][],
  ) {
    const binding = openBinding();
    const list = Object.entries(attributes).map(([key, [kind, value]]) => ({ name: key, type: KINDS[kind], value }));
    const ids = inputs.map((input) => binding.createTensor(...input));
    try {
      return binding.tensorDataSync(binding.executeOp(name, list, ids, 1)[0]?.id as number);
    } finally {
      binding.dispose();
    }
  }
  const KINDS = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5, function: 8 };
  type AttributeKind = keyof typeof KINDS;
  const row: [number[], number, Values] = [[1, 3], FLOAT, Float32Array.of(-1, 1.5, 4)];

  test('can be a number, a truth value, a type or a string', () => {
    expect(compute('LeakyRelu', { alpha: ['float', 0.25] }, [row])).toEqual(Float32Array.of(-0.25, 1.5, 4));
    expect(
      compute('ArgMax', { output_type: ['type', DataType.int32] }, [row, [[], DataType.int32, Int32Array.of(1)]]),
    ).toEqual(Int32Array.of(2));
    expect(compute('MatMul', { transpose_b: ['bool', true] }, [row, row])).toEqual(Float32Array.of(1 + 2.25 + 16));
    expect(compute('Pack', { axis: ['int', 1n], N: ['int', 2], T: ['type', FLOAT] }, [row, row])).toEqual(
      Float32Array.of(-1, 1.5, 4, -1, 1.5, 4),
    );
    const words: [number[], number, Values] = [[2], DataType.string, [text('a'), text('b')]];
    const joined = compute('ReduceJoin', { separator: ['string', ' ω '] }, [
      words,
      [[1], DataType.int32, Int32Array.of(0)],
    ]);
    expect((joined as Uint8Array[]).map(string)).toEqual(['a ω b']);
  });

  test('can be a list of numbers', () => {
    expect(compute('Squeeze', { squeeze_dims: ['int', [0]] }, [row])).toEqual(row[2]);
    expect(() => compute('Squeeze', { squeeze_dims: ['int', [1]] }, [row])).toThrow(
      /squeeze dim\[1\], expected a dimension of 1, got 3/i,
    );
    expect(compute('Bucketize', { boundaries: ['float', [0, 1, 2]] }, [row])).toEqual(Int32Array.of(0, 2, 3));
  });

  test('can be a shape with unknown sizes', () => {
    expect(compute('EnsureShape', { shape: ['shape', [-1, 3]] }, [row])).toEqual(row[2]);
    expect(compute('EnsureShape', { shape: ['shape', null] }, [row])).toEqual(row[2]);
    expect(() => compute('EnsureShape', { shape: ['shape', [2, -1]] }, [row])).toThrow(
      /\[1,3\] is not compatible with expected shape \[2,\?\]/,
    );
  });

  test('can be a list of types, shapes or strings', () => {
    const binding = openBinding();
    const queue = binding.executeOp(
      'FIFOQueueV2',
      [
        { name: 'component_types', type: KINDS.type, value: [DataType.float32, DataType.int32] },
        { name: 'shapes', type: KINDS.shape, value: [[1, 3], []] },
      ],
      [],
      1,
    )[0]?.id as number;
    const [floats, one, pair] = [
      binding.createTensor(...row),
      binding.createTensor([], DataType.int32, Int32Array.of(1)),
      binding.createTensor([2], DataType.int32, Int32Array.of(1, 2)),
    ];
    const components = [{ name: 'Tcomponents', type: KINDS.type, value: [DataType.float32, DataType.int32] }];
    expect(binding.executeOp('QueueEnqueueV2', components, [queue, floats, one], 0)).toEqual([]);
    expect(() => binding.executeOp('QueueEnqueueV2', components, [queue, floats, pair], 0)).toThrow(
      /Shape mismatch in tuple component 1. Expected \[\], got \[2\]/,
    );
    // A message with field 1, the size, 3, and field 2, the name, "n".
    const message = binding.createTensor([], DataType.string, [Uint8Array.of(0x08, 3, 0x12, 1, 0x6e)]);
    const decoded = binding.executeOp(
      'DecodeProtoV2',
      [
        { name: 'message_type', type: KINDS.string, value: 'tensorflow.TensorShapeProto.Dim' },
        { name: 'field_names', type: KINDS.string, value: ['size', 'name'] },
        { name: 'output_types', type: KINDS.type, value: [DataType.int64, DataType.string] },
      ],
      [message],
      3,
    );
    expect(binding.tensorDataSync(decoded[1]?.id as number)).toEqual(BigInt64Array.of(3n));
    expect((binding.tensorDataSync(decoded[2]?.id as number) as Uint8Array[]).map(string)).toEqual(['n']);
    binding.dispose();
  });

  test('can be a function, which must exist', () => {
    const lists = { Tin: ['type', []], Tout: ['type', [DataType.float32]] } as const;
    expect(() => compute('PartitionedCall', { ...lists, f: ['function', 'no_such_function'] } as never, [])).toThrow(
      /no_such_function/,
    );
  });

  test.each<[AttributeKind, unknown]>([
    ['int', 1.5],
    ['int', 'one'],
    ['int', [1, 'two']],
    ['float', '1'],
    ['bool', 1],
    ['type', 'float32'],
    ['string', 3],
    ['shape', [1.5]],
    ['shape', 4],
    ['function', ['f']],
  ])('of kind %s that is %j is refused', (kind, value) => {
    expect(() => compute('Neg', { some: [kind, value] }, [row])).toThrow(
      `attribute some must be of type ${kind}; got ${JSON.stringify(value)}`,
    );
  });

  test('of an unknown kind is refused', () => {
    const binding = openBinding();
    const id = binding.createTensor(...row);
    const attribute = { name: 'some', type: 44, value: 1 };
    expect(() => binding.executeOp('Neg', [attribute], [id], 1)).toThrow(
      'type of attribute some must be one of 0, 1, 2, 3, 4, 5, 8; got 44',
    );
    binding.dispose();
  });
});
