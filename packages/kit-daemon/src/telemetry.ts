import type { Telemetry, TelemetryOptions } from './telemetry-types.js';

/**
 * Telemetry as configured. Without `prometheus` and `otlp` there is none: nothing is loaded, listens or is called.
 * @throws {FedwardError} CONFIG_INVALID for an address that is none, or that can't be listened at
 */
export async function telemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (options.prometheus === undefined && !options.otlp) return noTelemetry;
  const { startTelemetry } = await import('./telemetry-sdk.js');
  return startTelemetry(options);
}

const nothing = (): void => undefined;

/** For a program, or a part of one, that tells nobody. */
export const noTelemetry: Telemetry = {
  counter: () => nothing,
  gauge: () => nothing,
  histogram: () => nothing,
  span: (_name, _attributes, work) => work(),
  close: () => Promise.resolve(),
};
