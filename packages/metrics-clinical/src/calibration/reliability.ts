import type { ReliabilityBin } from '../evaluation/evaluation.js';
import { wilson } from '../intervals/wilson.js';

/**
 * Bins [0, 1/bins), [1/bins, 2/bins), ..., the last with 1, by floor(bins p) in float64; empty ones are left out.
 *
 * @param probabilities [count] of class 1
 * @param labels [count] 0 or 1
 */
export function equalWidthBins(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  return filled(bins, probabilities, labels, (i) => Math.min(Math.floor(bins * probabilities[i]!), bins - 1));
}

/**
 * Bins of equally many records by their rank, the first ones larger by one where they can't be equal; equal probabilities
 * by their place (a stable sort, then numpy's `array_split`).
 */
export function equalCountBins(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const n = labels.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => probabilities[a]! - probabilities[b]! || a - b,
  );
  const bin = new Uint32Array(n);
  const [size, larger] = [Math.floor(n / bins), n % bins];
  order.forEach((i, place) => {
    const inLarger = larger * (size + 1);
    bin[i] = place < inLarger ? Math.floor(place / (size + 1)) : larger + Math.floor((place - inLarger) / size);
  });
  return filled(bins, probabilities, labels, (i) => bin[i]!);
}

/**
 * Expected calibration error: the mean over records of how far their bin's mean probability is from the share in which it
 * happened (Naeini et al. 2015). It depends on the bins, and is above 0 for a calibrated model too, by chance.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const all = bins.reduce((sum, { records }) => sum + records, 0);
  return bins.reduce(
    (sum, { records, predicted, observed }) => sum + (records / all) * Math.abs(predicted - observed),
    0,
  );
}

function filled(
  bins: number,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  binOf: (record: number) => number,
): ReliabilityBin[] {
  const records = new Float64Array(bins);
  const predicted = new Float64Array(bins);
  const events = new Float64Array(bins);
  for (let i = 0; i < labels.length; i++) {
    const bin = binOf(i);
    records[bin]!++;
    predicted[bin]! += probabilities[i]!;
    events[bin]! += labels[i]!;
  }
  return [...records.keys()]
    .filter((bin) => records[bin]! > 0)
    .map((bin) => ({
      records: records[bin]!,
      predicted: predicted[bin]! / records[bin]!,
      observed: events[bin]! / records[bin]!,
      interval: wilson(events[bin]!, records[bin]!),
    }));
}
