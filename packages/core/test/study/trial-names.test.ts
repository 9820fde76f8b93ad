import { describe, expect, test } from 'vitest';
import { trialNames } from '../../src/study/trial-names.js';
import { messageOf } from '../message-of.js';

describe('trial names', () => {
  const parts = (model: string, optimizer: string, learningRate: string, batchSize = 'batch 32', callbacks = '') => ({
    model,
    optimizer,
    learningRate,
    batchSize,
    callbacks,
  });
  const none = [undefined, undefined];

  test('consist of the parts that differ, or of the learning rate when none does', () => {
    expect(trialNames([parts('m', 'adam', '0.1')], [undefined])).toEqual(['0.1']);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'adam', '0.2')], none)).toEqual(['0.1', '0.2']);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'sgd', '0.1')], none)).toEqual(['adam', 'sgd']);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('n', 'sgd', '0.1', 'batch 8')], none)).toEqual([
      'm, adam, batch 32',
      'n, sgd, batch 8',
    ]);
  });

  test('have the rate beside callbacks where these differ, and nothing for none', () => {
    const plain = parts('m', 'adam', 'lr 0.1');
    const reduced = parts('m', 'adam', 'lr 0.1', 'batch 32', 'reduce-lr-on-plateau');
    expect(trialNames([plain, reduced], none)).toEqual(['lr 0.1', 'lr 0.1, reduce-lr-on-plateau']);
    expect(trialNames([reduced, { ...reduced, learningRate: 'lr 1' }], none)).toEqual(['lr 0.1', 'lr 1']);
    expect(trialNames([plain, { ...reduced, optimizer: 'sgd' }], none)).toEqual([
      'adam, lr 0.1',
      'sgd, lr 0.1, reduce-lr-on-plateau',
    ]);
    expect(trialNames([reduced], [undefined])).toEqual(['lr 0.1']);
  });

  test('given by the caller are kept', () => {
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'adam', '0.2')], ['mine', undefined])).toEqual([
      'mine',
      '0.2',
    ]);
    expect(trialNames([parts('m', 'adam', '0.1'), parts('m', 'adam', '0.1')], ['a', 'b'])).toEqual(['a', 'b']);
  });

  test('are refused when two would be equal', () => {
    const same = [parts('m', 'adam', '0.1'), parts('m', 'adam', '0.1')];
    const message = 'two trials are called "0.1": each must differ from the others, or have its own name';
    expect(messageOf(() => trialNames(same, none))).toBe(message);
    expect(messageOf(() => trialNames(same, ['0.1', undefined]))).toBe(message);
  });
});
