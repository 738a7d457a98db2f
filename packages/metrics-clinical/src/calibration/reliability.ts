import type { BinaryRecords } from '../binary/records.js';
import type { ReliabilityBin } from '../evaluation/evaluation.js';
import { share } from '../intervals/estimate.js';
import { binOf } from './error.js';

/** The reliability curve: bins of equal width that have records, each with Wilson's interval of what was observed. */
export function reliability({ probabilities, labels, patients }: BinaryRecords, bins = 10): ReliabilityBin[] {
  const bin = Uint8Array.from(probabilities, (p) => binOf(p, bins));
  return Array.from({ length: bins }, (_, b): ReliabilityBin | undefined => {
    const among = bin.map((own) => Number(own === b));
    const { value, interval } = share(patients, among, labels, 'the bin is empty').figure;
    if (value === null) return undefined;
    let [records, sum] = [0, 0];
    for (let i = 0; i < among.length; i++)
      if (among[i]) {
        records++;
        sum += probabilities[i]!;
      }
    return { records, predicted: sum / records, observed: value, interval: interval! };
  }).filter((one) => one !== undefined);
}
