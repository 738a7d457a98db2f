/** One signal of a record, as far as it was read. */
export interface WfdbSignal {
  readonly name: string;
  /** `NU` for none. They mean nothing where the signal is not calibrated. */
  readonly units: string;
  readonly calibrated: boolean;
  /** ADC units a physical unit. */
  readonly gain: number;
  /** The digital value of 0 physical units. */
  readonly baseline: number;
  readonly samplesPerFrame: number;
  /** Samples a second: those of the record times the samples a frame. */
  readonly frequency: number;
  /** In physical units, (digital - baseline) / gain; NaN where a sample is missing. */
  readonly values: Float32Array;
  /**
   * In ADC units: the format's own code where a sample is missing, -2^31 where nothing is stored. Undefined where the
   * segments of a record differ in gain or baseline.
   */
  readonly digital: Int32Array | undefined;
}

/** A record, or the part of it that was read. */
export interface WfdbRecord {
  readonly name: string;
  /** Frames a second. */
  readonly frequency: number;
  /** Frames of the whole record. */
  readonly length: number;
  /** The frames that were read: from the first to before the last. */
  readonly range: readonly [from: number, to: number];
  readonly signals: readonly WfdbSignal[];
  /** Lines of the header; often facts about the patient. */
  readonly comments: readonly string[];
  /** All files that were read, so that they can be digested. */
  readonly files: readonly string[];
  /** Whether every signal's checksum was compared, and there was one. */
  readonly verified: boolean;
}
