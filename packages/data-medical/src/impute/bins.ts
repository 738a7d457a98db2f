import { medianBins } from './question.js';

/** Where part `i` of an interval begins; `i` = 64: where it ends. */
export function binEdge([low, high]: readonly [number, number], i: number): number {
  return i === 0 ? low : i === medianBins ? high : low + (i * (high - low)) / medianBins;
}

/**
 * In which of the 64 parts of an interval a value is, each without its lower and with its upper end; the first has both.
 * @returns -1 where it is beyond the interval
 */
export function binOf(interval: readonly [number, number], value: number, first: boolean): number {
  const [low, high] = interval;
  if (value > high || value < low || (value === low && !first)) return -1;
  let bin = Math.min(medianBins - 1, Math.max(0, Math.ceil(((value - low) / (high - low)) * medianBins) - 1));
  // By the edges themselves, whatever the division has rounded: the next round's intervals are made of them.
  while (bin > 0 && value <= binEdge(interval, bin)) bin--;
  while (bin < medianBins - 1 && value > binEdge(interval, bin + 1)) bin++;
  return bin;
}
