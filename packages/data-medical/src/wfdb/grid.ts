import type { ArrayCell } from '@fedward/kit-tables';
import type { WfdbSignal } from './record-types.js';

/**
 * Values of signals at the rate of frames, which all of a record have in common: of several samples in a frame the mean of
 * those that are there, NaN where none is.
 *
 * @param start the first frame, among those of the signals
 * @param frames those from the signals' end on are missing
 * @returns of shape [frames, signals]
 */
export function frameGrid(signals: readonly WfdbSignal[], start: number, frames: number): ArrayCell {
  const width = signals.length;
  const values = new Float32Array(frames * width).fill(NaN);
  signals.forEach((signal, channel) => {
    const { samplesPerFrame } = signal;
    const there = Math.min(frames, signal.values.length / samplesPerFrame - start);
    for (let frame = 0; frame < there; frame++)
      values[frame * width + channel] = meanOf(signal.values, (start + frame) * samplesPerFrame, samplesPerFrame);
  });
  return { shape: [frames, width], values };
}

function meanOf(values: Float32Array, start: number, count: number): number {
  let sum = 0;
  let present = 0;
  for (let i = start; i < start + count; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    present++;
  }
  return sum / present; // 0 / 0 is NaN
}
