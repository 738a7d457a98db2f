import { describe, expect, it } from 'vitest';
import { assertVersion } from './version.js';

describe('the fedward of a coordinator that asks', () => {
  it.each([undefined, '1.4.0', '1.3.9', '1.5.0-beta.1'])('%s is answered by 1.4.2', (asking) => {
    expect(() => assertVersion(asking, 'north', '1.4.2')).not.toThrow();
  });

  it.each(['1.2.9', '1.6.0', '2.4.2', 'nonsense'])('%s is refused by 1.4.2, by name', (asking) => {
    expect(() => assertVersion(asking, 'north', '1.4.2')).toThrow(`fedward ${asking}, north 1.4.2`);
  });
});
