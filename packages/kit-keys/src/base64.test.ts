import { expect, it } from 'vitest';
import { bytesOfBase64 } from './base64.js';

it.each([[''], ['AA=='], ['+/8='], ['AAECAw==']])('reads "%s"', (text) =>
  expect(bytesOfBase64(text)?.toString('base64')).toBe(text),
);

it.each([
  ['bits beyond the last byte', 'AB=='],
  ['no padding', 'AA'],
  ['padding that ends too early', 'AA==AA=='],
  ['the alphabet of URLs', '-_8='],
  ['a line feed', 'AAEC\nAw=='],
  ['what is no base64', 'AA%=='],
])('refuses %s', (_, text) => expect(bytesOfBase64(text)).toBeUndefined());
