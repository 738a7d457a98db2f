/** One signal, as a header describes it (WFDB Applications Guide, header(5)). */
export interface WfdbSignalHeader {
  /** Its description; `signal 1` and so on where there is none. */
  readonly name: string;
  /** Path of the file that holds it; undefined for a signal of which nothing is stored (`~`). */
  readonly file: string | undefined;
  readonly format: number;
  readonly samplesPerFrame: number;
  /** Frames of it in its file that come before frame 0 of the record. */
  readonly skew: number;
  /** Where the samples begin in the file. */
  readonly byteOffset: number;
  /** ADC units a physical unit; 200 where the header has none. */
  readonly gain: number;
  /** False where `gain` is the assumption of 200: the units then mean nothing. */
  readonly calibrated: boolean;
  /** The digital value of 0 physical units. */
  readonly baseline: number;
  /** `mV` where the header has none; `NU` for none. */
  readonly units: string;
  /** In bits; 0 where the header has none. */
  readonly resolution: number;
  /** What the first difference of format 8 starts from. */
  readonly initial: number;
  /** Sum of all samples modulo 65536, where the header has one. */
  readonly checksum: number | undefined;
}

/** A part of a record that is a record of its own. */
export interface WfdbSegment {
  /** Path of its header; undefined for a gap in which nothing was recorded. */
  readonly file: string | undefined;
  /** In frames. */
  readonly length: number;
}

/** What a header says of a record. */
export interface WfdbHeader {
  readonly name: string;
  /** Path of the header. */
  readonly file: string;
  /** Frames a second; 250 where the header has none. */
  readonly frequency: number;
  /** Ticks a second of the counter that people read times from. By default the frequency. */
  readonly counterFrequency: number;
  /** What the counter has at sample 0. */
  readonly baseCounter: number;
  /** In frames; undefined where the header leaves it open. */
  readonly length: number | undefined;
  /** As written, HH:MM:SS(.SSS). Facts about a patient: so are the date and the comments. */
  readonly time: string | undefined;
  /** As written, DD/MM/YYYY. */
  readonly date: string | undefined;
  readonly signalCount: number;
  /** Empty for a record of several segments, whose headers have them. */
  readonly signals: readonly WfdbSignalHeader[];
  /** Of a record of several segments, gaps among them, without the layout. */
  readonly segments: readonly WfdbSegment[] | undefined;
  /** Path of the header that describes all signals of a record of variable layout. */
  readonly layout: string | undefined;
  /** Lines that begin with #, without it. */
  readonly comments: readonly string[];
}
