import { Random } from '@fedward/core';
import { createMedicalDataset, seededKey, type MedicalDataset } from '@fedward/data-medical';
import { expect, it } from 'vitest';
import { regrouped } from '../scenario/regroup.js';
import type { Fold, FoldHospital } from './fold.js';

const key = seededKey(new Random(3));

/** Two records a patient; each feature is the record's own number. */
function hospital(
  id: string,
  first: number,
  patients: number,
): { id: string; train: MedicalDataset; test: MedicalDataset } {
  const part = (from: number, count: number): MedicalDataset =>
    createMedicalDataset({
      name: id,
      features: Array.from({ length: 2 * count }, (_, i) => first + from * 2 + i),
      featureShape: [1],
      labels: Array.from({ length: 2 * count }, (_, i) => i % 2),
      patientIds: Array.from({ length: 2 * count }, (_, i) => `p${from + Math.floor(i / 2)}`),
    });
  return { id, train: part(0, patients - 5), test: part(patients - 5, 5) };
}
const hospitals = [hospital('a', 0, 20), hospital('b', 1000, 30)];

const recordsIn = (fold: readonly FoldHospital[], part: 'train' | 'test') =>
  fold.flatMap((h) => [...(h[part]?.features ?? [])]);
const all = recordsIn(regrouped(hospitals, { outer: { hospital: 'none' } }, key), 'train').sort((a, b) => a - b);
const folds = (inner?: Fold['inner']) =>
  Array.from({ length: 4 }, (_, index) =>
    regrouped(hospitals, { outer: { patients: { folds: 4, index } }, ...(inner && { inner }) }, key),
  );

it('tests on each record once, and on nobody who is trained on', () => {
  expect(all).toHaveLength(100);
  expect(
    folds()
      .flatMap((fold) => recordsIn(fold, 'test'))
      .sort((a, b) => a - b),
  ).toEqual(all);
  for (const fold of folds())
    for (const { train, test } of fold) {
      const trained = new Set(train!.patientIds);
      expect(test!.patientIds!.filter((id) => trained.has(id))).toEqual([]);
    }
});

it('has a patient with one id at two hospitals in one fold', () => {
  for (const fold of folds()) {
    const trained = new Set(fold.flatMap(({ train }) => train!.patientIds!));
    expect(fold.flatMap(({ test }) => test!.patientIds!).filter((id) => trained.has(id))).toEqual([]);
  }
});

it('leaves a hospital out with all of its records', () => {
  const [a, b] = regrouped(hospitals, { outer: { hospital: 'b' } }, key);
  expect([a!.train!.count, a!.test, b!.train, b!.test!.count]).toEqual([40, undefined, undefined, 60]);
});

it.each<[string, Fold['outer']]>([
  ['a fold', { patients: { folds: 4, index: 1 } }],
  ['a hospital', { hospital: 'a' }],
  ['test parts', 'test parts'],
])('within %s chooses on training records alone, each scored once', (_, outer) => {
  const trained = recordsIn(regrouped(hospitals, { outer }, key), 'train').sort((a, b) => a - b);
  const inner = [0, 1, 2].map((index) => regrouped(hospitals, { outer, inner: { folds: 3, index } }, key));
  expect(inner.flatMap((fold) => recordsIn(fold, 'test')).sort((a, b) => a - b)).toEqual(trained);
  for (const fold of inner)
    expect([...recordsIn(fold, 'train'), ...recordsIn(fold, 'test')].sort((a, b) => a - b)).toEqual(trained);
});
