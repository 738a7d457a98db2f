import { expect, it } from 'vitest';
import { findScenario } from '../scenario/index.js';
import { assertNumberOfHospitals } from './ignored-options.js';

it.each([
  ['many-clients', 0],
  ['many-clients', 1.5],
  ['many-clients', 1_000_001],
  ['tutorial', -1],
  ['tutorial', Number.NaN],
  ['tutorial', 1001],
])('%s has no %s hospitals', (name, hospitals) => {
  expect(() => assertNumberOfHospitals(findScenario(name), hospitals)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', subject: '--hospitals' }),
  );
});

it.each([
  ['many-clients', 1_000_000],
  ['tutorial', 1],
  ['tutorial', undefined],
])('%s has %s', (name, hospitals) => {
  expect(() => assertNumberOfHospitals(findScenario(name), hospitals)).not.toThrow();
});
