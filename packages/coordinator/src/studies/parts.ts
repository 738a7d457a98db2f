import type { RoundReport, TrainingPlan, Transport } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';
import type { Plugins } from '@fedward/sim-healthcare';
import type { Study, StudyNotice, StudyStanding } from '@fedward/transport-nats';
import type { Presence } from './presence.js';
import type { StudySoftware } from './software.js';
import type { StudyStore } from './study-store.js';

/** How one study's members are reached. */
export interface StudyTransport extends Transport {
  /** Where the study stands at a hospital, which looks at it for the first time or again. */
  propose(id: string, study: Study, signal: AbortSignal): Promise<StudyStanding>;
  /** Tells a hospital that nothing more is asked. */
  ended(id: string, notice: Extract<StudyNotice, { kind: 'ended' }>, signal: AbortSignal): Promise<void>;
}

/** Makes the transport of a study. */
export interface TransportFactory {
  open(study: Study): Promise<StudyTransport>;
}

/** The hospitals that take part in this deployment. */
export interface Members {
  ids(): readonly string[];
  /** Public key of a member's log and messages; undefined of who is none, or was revoked. */
  verifierKeyOf(id: string): string | undefined;
}

/** How studies are run here. */
export interface StudySettings {
  /** Privacy noise at this server; `seeded` is for simulations alone. Default: secret. */
  readonly noise?: 'secret' | 'seeded';
  /** For a plan without a deadline of its own. Default: 3600. */
  readonly deadlineSeconds?: number;
  /** See `AttentiveOptions`. */
  readonly graceSeconds?: number;
  /** How much memory updates may take up at a time, bytes. Default: 1 GiB. */
  readonly roomForUpdates?: number;
  /** How often hospitals that have not approved are asked, seconds. Default: 3. */
  readonly askEvery?: number;
  /** How long those are waited for that were never heard since this process began, seconds. Default: 12. */
  readonly settleSeconds?: number;
  /** How long is waited after a failure, seconds: doubled after each in a row, from the first to the second. Default: 1 to 60. */
  readonly backoff?: readonly [number, number];
}

/** Who watches rounds, for figures: no outcome depends on it. */
export interface RoundWatch {
  roundStarted(study: string, round: number): void;
  roundEnded(study: string, report: RoundReport): void;
  /** None of the study is under way any more. */
  roundsOver(study: string): void;
}

/** What studies need of the coordinator around them. */
export interface StudyParts {
  readonly store: StudyStore;
  /** Folder in which each study has one of its own. */
  readonly folder: string;
  readonly signer: Signer;
  readonly members: Members;
  readonly presence: Presence;
  readonly transports: TransportFactory;
  /** The plugins that a plan names. */
  readonly pluginsOf: (plan: TrainingPlan) => Promise<Plugins>;
  readonly software: StudySoftware;
  readonly settings: StudySettings;
  /** Default: nobody. */
  readonly watch?: RoundWatch;
  /** For whoever watches: never anything of patients. */
  readonly say: (level: 'info' | 'warn', words: string, about: Readonly<Record<string, unknown>>) => void;
}
