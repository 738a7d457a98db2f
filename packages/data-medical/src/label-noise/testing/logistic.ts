import type { MedicalDataset } from '../../dataset.js';

/** Logistic regression of two classes by gradient descent on the mean loss, with a ridge, for tests. */
export function fitAndPredict(train: MedicalDataset, heldOut: MedicalDataset, ridge = 0.1): Float64Array {
  const { features, labels, count } = train;
  const width = features.length / count;
  const weights = new Float64Array(width + 1);
  for (let step = 0; step < 100; step++) {
    const gradient = weights.map((w, i) => (i === width ? 0 : ridge * w));
    for (let row = 0; row < count; row++) {
      const error = (positive(weights, features, row) - labels[row]!) / count;
      for (let i = 0; i < width; i++) gradient[i]! += error * features[row * width + i]!;
      gradient[width]! += error;
    }
    for (let i = 0; i <= width; i++) weights[i]! -= 0.4 * gradient[i]!;
  }
  const predicted = new Float64Array(2 * heldOut.count);
  for (let row = 0; row < heldOut.count; row++) {
    const p = positive(weights, heldOut.features, row);
    predicted.set([1 - p, p], 2 * row);
  }
  return predicted;
}

function positive(weights: Float64Array, features: Float32Array, row: number): number {
  const width = weights.length - 1;
  let logOdds = weights[width]!;
  for (let i = 0; i < width; i++) logOdds += weights[i]! * features[row * width + i]!;
  return 1 / (1 + Math.exp(-logOdds));
}
