import { assertThat, Random } from '@fedward/core';

/** The study's patients are numbered from 1 to this: a public list. */
const patients = 42;

/** Where a patient is. */
export interface Place {
  readonly hospital: number;
  readonly testing: boolean;
}

/**
 * Where each of the study's patients is: hospitals of nearly as many patients each, and at each a share for testing.
 * It hangs on the patient's number, the list of all numbers, which is public, and the seed: on nobody's recordings, nor
 * on whether anybody else is in the data.
 *
 * @param hospitals >= 1
 * @param testFraction in (0, 1): of n patients ceil(testFraction n) are for testing
 * @returns the place of a patient by the study's number
 */
export function assignPatients(
  hospitals: number,
  testFraction: number,
  seed: number | string,
): (patientId: string) => Place {
  const order = new Random(seed).fork('parkinsons-telemonitoring', 'patients').permutation(patients);
  const places = new Map<number, Place>();
  order.forEach((patient, i) => {
    const hospital = i % hospitals;
    const own = Math.ceil((patients - hospital) / hospitals);
    places.set(patient + 1, { hospital, testing: Math.floor(i / hospitals) < Math.ceil(testFraction * own - 1e-9) });
  });
  return (patientId) => {
    const place = places.get(Number(patientId));
    assertThat(place !== undefined, 'patientIds', `the study has no patient ${patientId}`);
    return place;
  };
}
