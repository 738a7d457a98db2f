import { version } from '@fedward/core';
import { noTelemetry, telemetry, type Readiness } from '@fedward/kit-daemon';
import type { SiteConfig } from '../config/index.js';
import type { SiteEvent } from '../door/index.js';

/** Figures of a site at work: none of them is of patients. */
export interface Figures {
  count(event: SiteEvent): void;
  /** Where they are to be had; absent where nobody listens. */
  readonly address?: string;
  close(): Promise<void>;
}

/**
 * Counts what happens at a site, where `telemetry` of `site.yaml` names an address or a collector; else nothing is loaded.
 * @param ready for /readyz
 * @throws {FedwardError} CONFIG_INVALID for an address that can't be listened at
 */
export async function figuresOf({ telemetry: asked }: SiteConfig, ready: () => Readiness): Promise<Figures> {
  const of = asked
    ? await telemetry({
        ...{ service: 'fedward-site', version, ready },
        ...(asked.prometheus !== undefined && { prometheus: asked.prometheus }),
        ...(asked.otlp !== undefined && { otlp: { url: asked.otlp } }),
      })
    : noTelemetry;
  const answers = of.counter({ name: 'site_answers_total', help: 'Questions of the coordinator that were answered' });
  const refusals = of.counter({ name: 'site_refusals_total', help: 'Questions of the coordinator that were refused' });
  const failures = of.counter({ name: 'site_failures_total', help: 'Trainings that failed' });
  return {
    count(event) {
      if (event.event === 'answered') answers(1, { kind: event.kind });
      if (event.event === 'refused') refusals(1, { kind: event.kind, code: event.code });
      if (event.event === 'failed') failures();
    },
    ...(of.address !== undefined && { address: of.address }),
    close: () => of.close(),
  };
}
