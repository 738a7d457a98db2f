import type { Python } from './peers/python.js';

/** What is asked of a benchmark. */
export interface BenchmarkOptions {
  /** Pairs of a comparison, or repetitions where there is nothing to compare with. */
  readonly pairs: number;
  /** Small sizes: shows that it runs; its figures are not to be quoted. */
  readonly quick: boolean;
  /** The fedward command and the arguments before its own, such as `node .../fedward.js`. */
  readonly command: readonly string[];
  readonly python: Python;
  /** The PyTorch program of tutorial 041; undefined where there is none. */
  readonly tutorialProgram?: string | undefined;
  /** A folder of data sets; undefined where none was named. */
  readonly dataDir?: string | undefined;
  /** Of the benchmarks that have several: the one that is asked for. Default: all. */
  readonly dataset?: string | undefined;
  /** A line about the work under way. */
  readonly progress: (line: string) => void;
}

/** One quantity, measured several times. */
export interface Measurement {
  readonly what: string;
  readonly program: string;
  readonly unit: Unit;
  readonly samples: readonly number[];
}

/** What a measurement is in. */
export type Unit = 's' | 'µs/step' | 'MB' | 'GFLOP/s';

/** Two measurements whose samples were taken in turn. */
export interface Comparison {
  readonly what: string;
  readonly numerator: Measurement;
  readonly denominator: Measurement;
}

/** Figures beside the measured ones, such as published ones. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A plot of measurements, for the report. */
export interface Plot {
  readonly title: string;
  /** Part of the file's name. */
  readonly name: string;
  readonly svg: string;
}

/** What a benchmark has found. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  readonly comparisons: readonly Comparison[];
  readonly tables?: readonly Table[];
  readonly plots?: readonly Plot[];
  /** Exactly what was timed, and what to bear in mind. */
  readonly notes: readonly string[];
  /** What was left out, and why: `pytorch: python3 has no torch`. */
  readonly skipped: readonly string[];
}

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  run(options: BenchmarkOptions): Promise<Findings>;
}
