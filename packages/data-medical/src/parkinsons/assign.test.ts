import { describe, expect, it } from 'vitest';
import { createMedicalDataset } from '../index.js';
import { assignPatients } from './assign.js';
import { partParkinsons } from './load.js';

const ids = Array.from({ length: 42 }, (_, i) => String(i + 1));
const options = { hospitals: 4, testFraction: 0.25, seed: 1 };

/** Two recordings a patient; of some, other ones, or none. */
function recordings(of: (id: string) => readonly number[]) {
  const rows = ids.flatMap((id) => of(id).map((value) => [id, value] as const));
  return createMedicalDataset({
    name: 'all',
    features: rows.map(([, value]) => value),
    featureShape: [1],
    labels: rows.map(([, value]) => value),
    patientIds: rows.map(([id]) => id),
  });
}
const placesIn = (data: ReturnType<typeof recordings>) =>
  new Map(
    partParkinsons(data, options).flatMap(({ id, train, test }) =>
      Object.entries({ train, test }).flatMap(([part, { patientIds }]) =>
        patientIds!.map((patient) => [patient, `${id} ${part}`] as const),
      ),
    ),
  );

describe('assignPatients', () => {
  it('gives hospitals of nearly one size, three of each for testing', () => {
    const placeOf = assignPatients(4, 0.25, 1);
    const places = ids.map(placeOf);
    for (const [h, size] of [11, 11, 10, 10].entries()) {
      const own = places.filter(({ hospital }) => hospital === h);
      expect([own.length, own.filter(({ testing }) => testing).length]).toEqual([size, 3]);
    }
    expect(ids.map(assignPatients(4, 0.25, 2))).not.toEqual(places);
    expect(() => placeOf('43')).toThrow(/no patient 43/);
  });

  it('moves nobody where another patient goes, or has other recordings and more of them', () => {
    const before = placesIn(recordings(() => [1, 2]));
    for (const patient of ids)
      for (const other of [[], [-9999, 0, 1e30, 4, 5]]) {
        const after = placesIn(recordings((id) => (id === patient ? other : [1, 2])));
        for (const [id, place] of after) expect(place).toBe(before.get(id));
        expect(after.size).toBe(other.length === 0 ? 41 : 42);
      }
  });
});
