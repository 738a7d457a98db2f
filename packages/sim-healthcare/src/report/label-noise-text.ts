import type { HospitalResult } from '../run/result.js';

/** How wrong each hospital's labels look, in sentences; none where it was not asked. */
export function labelNoiseText(
  hospitals: readonly Pick<HospitalResult, 'id' | 'samples' | 'labelNoise' | 'flippedLabels'>[],
): string[] {
  return hospitals.flatMap(({ id, samples, labelNoise, flippedLabels }) => {
    if (!labelNoise) return [];
    const made = flippedLabels === undefined ? '' : `; the simulation made ${flippedLabels} wrong`;
    const { rate, doubted } = labelNoise;
    return [
      `${id}: by a model of the other hospitals ${(100 * rate).toFixed(1)}% of the training labels are wrong ` +
        `(${doubted} of ${samples} are doubted${made})`,
    ];
  });
}
