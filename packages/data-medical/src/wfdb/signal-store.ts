import { missingCode } from './formats.js';
import type { WfdbSignalHeader } from './header-types.js';

/** Stands in digital values where nothing is stored: a gap, or what lies beyond a skewed signal's end. */
export const nothingStored = -0x8000_0000;

/** Takes the samples of one signal as they are read, keeps those of a range and adds up all of them. */
export class SignalStore {
  readonly digital: Int32Array;
  private readonly first: number;
  /** Modulo 65536. */
  private sum = 0;

  /** @param from, to frames of the record */
  constructor(
    readonly signal: WfdbSignalHeader,
    from: number,
    to: number,
  ) {
    const { samplesPerFrame, skew } = signal;
    this.first = (from + skew) * samplesPerFrame;
    this.digital = new Int32Array((to - from) * samplesPerFrame).fill(nothingStored);
  }

  /** @param index of the sample among those of its signal in the file */
  put(index: number, value: number): void {
    this.sum = (this.sum + value) & 0xffff;
    const at = index - this.first;
    if (at >= 0 && at < this.digital.length) this.digital[at] = value;
  }

  /** Whether all samples, which must have been put, add up to what the header says; undefined where it says nothing. */
  get addsUp(): boolean | undefined {
    const { checksum } = this.signal;
    return checksum === undefined ? undefined : checksum === this.sum;
  }

  /** In physical units; NaN where a sample is missing. */
  physical(): Float32Array {
    const { gain, baseline, format } = this.signal;
    const missing = missingCode(format) ?? nothingStored;
    return Float32Array.from(this.digital, (value) =>
      value === missing || value === nothingStored ? NaN : (value - baseline) / gain,
    );
  }
}
