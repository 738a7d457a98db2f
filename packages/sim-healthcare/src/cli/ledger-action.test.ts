import { expect, it } from 'vitest';
import { rangesOf } from './ledger-action.js';

it('shows rounds as ranges', () => {
  expect(rangesOf([])).toBe('');
  expect(rangesOf([3])).toBe('3');
  expect(rangesOf([0, 1, 2, 7, 4, 5])).toBe('0-2, 4-5, 7');
});
