import { version } from '@fedward/core';
import { noTelemetry, telemetry, type Readiness } from '@fedward/kit-daemon';
import type { SiteConfig } from '../config/index.js';
import type { SiteEvent } from '../door/index.js';

/** What a site is at the moment. */
export interface SiteNow {
  readonly connected: boolean;
  /** Questions that are at work. */
  readonly atWork: number;
  /** Of the ledger; null where it has none, or no bound. */
  readonly epsilon: number | null;
  /** On the disk of its state. */
  readonly freeBytes: number;
}

/** Figures of a site at work: none of them is of patients. */
export interface Figures {
  count(event: SiteEvent): void;
  now(site: SiteNow): void;
  /** Whether anybody is told. */
  readonly wanted: boolean;
  /** Where they are to be had; absent where nobody listens. */
  readonly address?: string;
  close(): Promise<void>;
}

/**
 * Counts what happens at a site, where `telemetry` of `site.yaml` names an address or a collector; else nothing is loaded.
 * @param ready for /readyz
 * @throws {FedwardError} CONFIG_INVALID for an address that can't be listened at
 */
export async function figuresOf({ telemetry: wanted }: SiteConfig, ready: () => Readiness): Promise<Figures> {
  const of = wanted
    ? await telemetry({
        ...{ service: 'fedward-site', version, ready },
        ...(wanted.prometheus !== undefined && { prometheus: wanted.prometheus }),
        ...(wanted.otlp !== undefined && { otlp: { url: wanted.otlp } }),
      })
    : noTelemetry;
  const answers = of.counter({ name: 'site_answers_total', help: 'Questions of the coordinator that were answered' });
  const refusals = of.counter({ name: 'site_refusals_total', help: 'Questions of the coordinator that were refused' });
  const failures = of.counter({ name: 'site_failures_total', help: 'Trainings that failed' });
  const seconds = of.histogram({
    name: 'site_answer_seconds',
    help: 'From a question to its answer, with its training',
  });
  const connected = of.gauge({ name: 'site_connected', help: '1 while there is a connection to the hub' });
  const atWork = of.gauge({ name: 'site_at_work', help: 'Questions that are at work' });
  const epsilon = of.gauge({ name: 'site_epsilon', help: 'What the ledger has spent' });
  const free = of.gauge({ name: 'site_disk_free_bytes', help: 'Room on the disk of the site' });
  const asked = new Map<string, number>();
  return {
    wanted: wanted !== undefined,
    now(site) {
      connected(site.connected ? 1 : 0);
      atWork(site.atWork);
      free(site.freeBytes);
      if (site.epsilon !== null) epsilon(site.epsilon);
    },
    count(event) {
      if (event.event === 'asked') asked.set(placeOf(event), performance.now());
      if (event.event === 'answered') {
        const since = asked.get(placeOf(event));
        if (since !== undefined) seconds((performance.now() - since) / 1000, { kind: event.kind });
        asked.delete(placeOf(event));
      }
      if (asked.size > 1000) asked.clear(); // those that were refused or given up
      if (event.event === 'answered') answers(1, { kind: event.kind });
      if (event.event === 'refused') refusals(1, { kind: event.kind, code: event.code });
      if (event.event === 'failed') failures();
    },
    ...(of.address !== undefined && { address: of.address }),
    close: () => of.close(),
  };
}

function placeOf({ study, round, kind }: Extract<SiteEvent, { event: 'asked' | 'answered' }>): string {
  return `${kind} ${study} ${round ?? ''}`;
}
