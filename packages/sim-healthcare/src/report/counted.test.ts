import { expect, it } from 'vitest';
import { counted } from './counted.js';
import { rowsText } from './rows-text.js';

it('counts one thing as one', () => {
  expect([0, 1, 2].map((n) => counted(n, 'hospital'))).toEqual(['0 hospitals', '1 hospital', '2 hospitals']);
  expect(rowsText({ read: 1, used: 1, dropped: [] })).toBe('1 of 1 row used');
});
