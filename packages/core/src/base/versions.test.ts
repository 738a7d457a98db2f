import { expect, it } from 'vitest';
import { version } from '../version.js';
import { worksWith } from './versions.js';

it.each([
  ['0.1.0', '0.1.0'],
  ['0.1.0', '0.1.9'],
  ['0.1.0', '0.2.0'],
  ['1.9.3', '1.10.0'],
  ['1.0.0-beta.1', '1.0.0'],
  [version, version],
])('%s works with %s', (one, other) => {
  expect(worksWith(one, other)).toBe(true);
  expect(worksWith(other, one)).toBe(true);
});

it.each([
  ['0.1.0', '0.3.0'],
  ['1.1.0', '2.1.0'],
  ['0.9.0', '1.0.0'],
  ['1.1.0', '1.10.0'],
  ['0.1.0', ''],
  ['0.1.0', '0.x'],
  ['0.1.0', '0.1e1.0'],
  ['0.1.0', ' 0.1.0'],
])('%s does not work with %s', (one, other) => {
  expect(worksWith(one, other)).toBe(false);
  expect(worksWith(other, one)).toBe(false);
});
