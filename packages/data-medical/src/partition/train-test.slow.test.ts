import { Random } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMedicalDataset, seededKey, splitTrainTest, type MedicalDataset } from '../index.js';

type Row = readonly [feature: number, label: number, patient: string];

function records(rows: readonly Row[], withPatients: boolean): MedicalDataset {
  return createMedicalDataset({
    name: 'all',
    features: rows.map(([feature]) => feature),
    featureShape: [1],
    labels: rows.map(([, label]) => label),
    classes: ['a', 'b'],
    ...(withPatients && { patientIds: rows.map(([, , patient]) => patient) }),
  });
}

const rule = { testFraction: 0.34, key: 'a secret' };
const aThousand: Row[] = Array.from({ length: 1000 }, (_, i) => [i, i % 2, `p${i}`]);
const row = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.nat(1), fc.constantFrom('x', 'y', 'p3', 'p500'));
/** What each record became, as text. */
const sideOf = (rows: readonly Row[], withPatients: boolean): Map<string, string> => {
  const { train, test } = splitTrainTest(records(rows, withPatients), rule);
  const sides = new Map<string, string>();
  for (const [side, part] of Object.entries({ train, test }))
    part.features.forEach((feature, i) => sides.set(`${feature} ${part.labels[i]} ${part.patientIds?.[i]}`, side));
  return sides;
};

describe('splitTrainTest', () => {
  it.each([true, false])('moves nobody where others come, go or change (patient ids: %s)', (withPatients) => {
    const before = sideOf(aThousand, withPatients);
    fc.assert(
      fc.property(fc.nat(999), fc.array(row, { maxLength: 4 }), fc.boolean(), (at, others, reversed) => {
        const rows = [...aThousand.slice(0, at), ...others, ...aThousand.slice(at + 1)];
        const after = sideOf(reversed ? rows.reverse() : rows, withPatients);
        for (const [record, side] of after) expect(before.get(record) ?? side).toBe(side);
      }),
      { seed: 9, numRuns: 60 },
    );
  });

  it('keeps the records of a patient together, and equal records where there are no patients', () => {
    const rows = aThousand.map(([, label], i): Row => [i % 40, label, `p${i % 7}`]);
    for (const withPatients of [true, false]) {
      const { train, test } = splitTrainTest(records(rows, withPatients), { ...rule, key: 'k' });
      const names = ({ features, labels, patientIds }: MedicalDataset) =>
        new Set(patientIds ?? Array.from(features, (x, i) => `${x} ${labels[i]}`));
      expect([...names(train)].filter((name) => names(test).has(name))).toEqual([]);
      expect(train.count + test.count).toBe(1000);
    }
  });

  it('tests on about the share that was asked for, of each class', () => {
    const { test } = splitTrainTest(records(aThousand, true), rule);
    const deviation = Math.sqrt(500 * 0.34 * 0.66);
    for (const c of [0, 1])
      expect(Math.abs(test.labels.filter((y) => y === c).length - 170)).toBeLessThan(4 * deviation);
  });

  it('depends on the key', () => {
    const ids = (key: string | Uint8Array) =>
      splitTrainTest(records(aThousand, true), { ...rule, key }).test.patientIds;
    const key = seededKey(new Random(1));
    expect(key).toHaveLength(32);
    expect(ids(key)).toEqual(ids(seededKey(new Random(1))));
    expect(ids(key)).not.toEqual(ids(seededKey(new Random(2))));
    expect(ids('1')).not.toEqual(ids('2'));
  });

  it('takes 0 and -0 for one value', () => {
    const rows = Array.from({ length: 20 }, (_, i): Row => [i % 2 === 0 ? 0 : -0, 0, '']);
    expect(() => splitTrainTest(records(rows, false), rule)).toThrow(/the (train|test) part is empty/);
  });

  it('refuses an empty part and bad options by name', () => {
    const code = 'CONFIG_INCOMPATIBLE';
    expect(() => splitTrainTest(records([[1, 0, 'p']], true), rule)).toThrow(expect.objectContaining({ code }));
    for (const wrong of [{ testFraction: 1 }, { testFraction: 0 }, { key: '' }, { key: new Uint8Array() }])
      expect(() => splitTrainTest(records(aThousand, true), { ...rule, ...wrong })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', subject: Object.keys(wrong)[0] }),
      );
  });
});
