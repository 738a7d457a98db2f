import type { SignedAuditLog } from '@fedward/audit';
import type { ApprovalStore, SitePolicyRules } from '@fedward/compliance';
import type { AnswerStore, ClientStore, LocalTrainer } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';
import type { InstalledPlugins, TeamPlugins } from '@fedward/sim-healthcare';
import type { SiteConfig, SiteFiles } from '../config/index.js';
import type { FileOutbox } from '../outbox/index.js';
import type { StudyBook } from '../studies/index.js';
import type { SiteEvent } from './events.js';

/** Makes a trainer by its name, such as one in a process of its own, with the options that `installed` has of it. */
export type TrainerOf = (name: string, installed: InstalledPlugins) => Promise<LocalTrainer & ClosableTrainer>;
/** What a trainer may have beside training. */
export interface ClosableTrainer {
  close?(): Promise<void>;
}

/** All that a hospital's studies share. */
export interface House {
  readonly config: SiteConfig;
  readonly files: SiteFiles;
  /** The hospital's own, with who approves. */
  readonly rules: SitePolicyRules;
  readonly signer: Signer;
  /** Statements of rotation, of its key. */
  readonly rotations: readonly string[];
  readonly team: readonly TeamPlugins[];
  readonly book: StudyBook;
  readonly approvals: ApprovalStore;
  readonly audit: SignedAuditLog;
  readonly outbox: FileOutbox;
  readonly answers: AnswerStore;
  readonly store: ClientStore;
  /** Undefined where noise comes from the plan's seed. */
  readonly splitSecret: Uint8Array | undefined;
  readonly trainerOf: TrainerOf;
  /** What is free on the disk that a path is on, bytes. */
  readonly freeBytes: (path: string) => Promise<number>;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  readonly onEvent: (event: SiteEvent) => void;
}
