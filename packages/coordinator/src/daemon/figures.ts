import type { Telemetry } from '@fedward/kit-daemon';
import type { RoundWatch } from '../studies/parts.js';

/** Of the federation as it is at the moment. */
export interface FederationNow {
  readonly members: number;
  readonly present: number;
  /** Studies whose rounds are under way. */
  readonly running: number;
}

/** Figures of a coordinator at work; none is of patients. */
export interface Figures extends RoundWatch {
  /** A message, or a hospital, was refused. */
  refused(site: string, code: string): void;
  now(federation: FederationNow): void;
}

/** @param of where they go: nowhere, unless the configuration says otherwise */
export function figuresOf(of: Telemetry): Figures {
  const rounds = of.counter({ name: 'coordinator_rounds_total', help: 'Rounds that have ended' });
  const seconds = of.histogram({ name: 'coordinator_round_seconds', help: 'From the start of a round to its end' });
  const dropped = of.counter({ name: 'coordinator_drop_outs_total', help: 'Hospitals that a round went on without' });
  const bytes = of.counter({ name: 'coordinator_bytes_total', help: 'Bytes of models and updates' });
  const refusals = of.counter({ name: 'coordinator_refusals_total', help: 'Messages that were not taken' });
  const members = of.gauge({ name: 'coordinator_members', help: 'Hospitals that are members' });
  const present = of.gauge({ name: 'coordinator_members_present', help: 'Members that are heard now' });
  const running = of.gauge({ name: 'coordinator_studies_running', help: 'Studies whose rounds are under way' });
  const begun = new Map<string, { readonly at: number; readonly end: () => void }>();

  /** A round that is begun again, or given up, ends the one before. */
  const endOf = (study: string): number | undefined => {
    const one = begun.get(study);
    begun.delete(study);
    one?.end();
    return one && (performance.now() - one.at) / 1000;
  };
  return {
    roundStarted(study, round) {
      endOf(study);
      let end = (): void => undefined;
      const over = new Promise<void>((resolve) => (end = resolve));
      void of.span('round', { study, round }, () => over);
      begun.set(study, { at: performance.now(), end });
    },
    roundEnded(study, report) {
      const took = endOf(study);
      const outcome = report.failure ? 'failed' : 'released';
      rounds(1, { study, outcome });
      if (took !== undefined) seconds(took, { study });
      for (const { id, code } of report.dropped) dropped(1, { study, site: id, code });
      bytes(report.bytes.sent, { study, direction: 'sent' });
      bytes(report.bytes.received, { study, direction: 'received' });
    },
    roundsOver: (study) => void endOf(study),
    refused: (site, code) => refusals(1, { site, code }),
    now(federation) {
      members(federation.members);
      present(federation.present);
      running(federation.running);
    },
  };
}
