/** A column of the data set, with the public constants by which it becomes a feature. */
export interface Measure {
  /** As the header of the file has it. */
  readonly name: string;
  readonly unit?: string;
  /** Whether the value or its binary logarithm is centred: measures of irregularity are ratios, with long tails. */
  readonly of: 'value' | 'log2';
  /** In the unit of the measure: what becomes 0. */
  readonly center: number;
  /** What becomes 1: so much above the centre, or, of a logarithm, so many doublings. */
  readonly spread: number;
}

/** Two doublings above a threshold are 1, two below it -1. */
const aroundThreshold = (name: string, center: number, unit?: string): Measure => ({
  name,
  ...(unit !== undefined && { unit }),
  of: 'log2',
  center,
  spread: 2,
});

/**
 * The features, in the order of the file. No constant was taken from these patients. Those of the voice are the
 * thresholds of pathology of the Multi-Dimensional Voice Program, as the manual of Praat gives them ("Voice 2. Jitter",
 * "Voice 3. Shimmer"), with DDP = 3 RAP and DDA = 3 APQ3 by definition, and that of APQ11 for APQ3 and APQ5, which have
 * none; for HNR what that manual says of a healthy speaker's vowel; for the other three the range in which they are
 * normalised, 0 to 1, of DFA its upper half. The study ran for six months, and Parkinson's disease mostly begins around
 * the age of 60.
 */
export const measures: readonly Measure[] = [
  { name: 'age', unit: 'years', of: 'value', center: 60, spread: 10 },
  { name: 'sex', of: 'value', center: 0, spread: 1 },
  /** Since recruitment; a few recordings are from before it. */
  { name: 'test_time', unit: 'days', of: 'value', center: 90, spread: 90 },
  aroundThreshold('Jitter(%)', 0.0104),
  aroundThreshold('Jitter(Abs)', 83.2e-6, 's'),
  aroundThreshold('Jitter:RAP', 0.0068),
  aroundThreshold('Jitter:PPQ5', 0.0084),
  aroundThreshold('Jitter:DDP', 0.0204),
  aroundThreshold('Shimmer', 0.0381),
  aroundThreshold('Shimmer(dB)', 0.35, 'dB'),
  aroundThreshold('Shimmer:APQ3', 0.0307),
  aroundThreshold('Shimmer:APQ5', 0.0307),
  aroundThreshold('Shimmer:APQ11', 0.0307),
  aroundThreshold('Shimmer:DDA', 0.0921),
  /** Noise to harmonics. */
  aroundThreshold('NHR', 0.19),
  /** Harmonics to noise. */
  { name: 'HNR', unit: 'dB', of: 'value', center: 20, spread: 10 },
  /** Recurrence period density entropy. */
  { name: 'RPDE', of: 'value', center: 0.5, spread: 0.25 },
  /** Exponent of a detrended fluctuation analysis. */
  { name: 'DFA', of: 'value', center: 0.75, spread: 0.25 },
  /** Pitch period entropy. */
  { name: 'PPE', of: 'value', center: 0.5, spread: 0.25 },
];
