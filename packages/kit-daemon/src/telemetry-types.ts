import type { Labels } from './telemetry-labels.js';

/** Counts what has happened. @param by >= 0, default 1 */
export type Counter = (by?: number, labels?: Labels) => void;
/** Tells what something is now. */
export type Gauge = (value: number, labels?: Labels) => void;
/** Adds one observation to a distribution. */
export type Histogram = (value: number, labels?: Labels) => void;

/** What an instrument is called and what it means. */
export interface Instrument {
  /** In snake_case, without `fedward_`, which is put before it, such as `round_seconds`. */
  readonly name: string;
  readonly help: string;
}

/**
 * Figures and traces of a program at work. What they are told apart by (labels, attributes) are names from a short list and
 * short words: nothing about patients has a place in them, see `safeLabels`.
 */
export interface Telemetry {
  counter(instrument: Instrument): Counter;
  gauge(instrument: Instrument): Gauge;
  /** @param buckets upper bounds, rising, in the unit that the name ends with. Default: seconds from 0.005 to 3600. */
  histogram(instrument: Instrument, buckets?: readonly number[]): Histogram;
  /** Does a work within a span of the trace; a work that fails marks it with the error's code, and fails as it would. */
  span<T>(name: string, attributes: Labels, work: () => Promise<T>): Promise<T>;
  /** Where figures are to be had, `http://HOST:PORT`; absent where nobody listens. */
  readonly address?: string;
  /** Sends what waits, within a limit, and stops listening. */
  close(): Promise<void>;
}

/** Whether a program can do its work, and why not. */
export interface Readiness {
  readonly ready: boolean;
  /** In a word or few, such as `no connection to the hub`. */
  readonly why?: string;
}

/** Of `telemetry`. */
export interface TelemetryOptions {
  /** The program: `fedward-site`. */
  readonly service: string;
  readonly version?: string;
  /**
   * `HOST:PORT`, `:PORT` or `PORT`: answers there to GET /metrics (Prometheus), /healthz and /readyz, without TLS and without
   * asking who it is. Without a host on 127.0.0.1 alone. Port 0: any that is free.
   */
  readonly prometheus?: string;
  /** What /readyz tells. Default: ready. */
  readonly ready?: () => Readiness;
  /** Sends to a collector by OTLP over HTTP (JSON). */
  readonly otlp?: {
    /** Such as `https://collector.example:4318`, to which /v1/metrics and /v1/traces are added. */
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Default: 30. */
    readonly everySeconds?: number;
  };
  /** How long an end may wait for what is to be sent. Default: 5. */
  readonly closeSeconds?: number;
}
