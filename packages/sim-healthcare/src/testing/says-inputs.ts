import { expect, it } from 'vitest';
import { findScenario, scenarios } from '../scenario/index.js';

const dataDir = process.env['FEDWARD_DATA'];
/** Those whose data take seconds to read: for slow tests. */
const large: readonly string[] = ['pneumonia', 'leukemia'];

/** Registers, for each scenario whose data are here, that it says what it is made of. */
export function saysInputs(which: 'small' | 'large'): void {
  const testable = scenarios.filter(
    ({ name, needsData }) =>
      !['csv', 'study'].includes(name) &&
      large.includes(name) === (which === 'large') &&
      (!needsData || dataDir !== undefined),
  );
  if (testable.length === 0) it.skip('says what it is made of (needs FEDWARD_DATA)', () => undefined);
  it.each(testable.map(({ name }) => name))(
    '%s says what it is made of, which depends on nothing but its options',
    async (name) => {
      const scenario = findScenario(name);
      const load = (seed: number) => scenario.load({ seed, dataDir });
      const [one, again, other] = await Promise.all([load(1), load(1), load(2)]);
      const { inputs } = one;
      expect(inputs).toEqual(again.inputs);
      for (const { data } of inputs!.hospitals) expect(data).toMatch(/^sha256:[0-9a-f]{64}$/);
      if (one.tabulated) expect(inputs!.hospitals.map(({ id }) => id)).toEqual(one.ids);
      // Real data stay the same whatever the seed; which of 42 patients are at which hospital does not.
      const same = name.startsWith('heart-disease') || name === 'tcga-brca';
      if (same) expect(other.inputs!.hospitals).toEqual(inputs!.hospitals);
      else expect(other.inputs!.hospitals).not.toEqual(inputs!.hospitals);
    },
  );
}
