import type { AuditHead } from './audit.js';

/** The newest version of what sites and servers say to each other. */
export const protocolVersion = 1;

/** A piece of software by its name and version. */
export interface Software {
  readonly name: string;
  readonly version: string;
}

/** What a site says of itself. The federation's statement rests on it: a server assumes nothing of a site. */
export interface SiteDescription {
  readonly protocol: number;
  readonly clientId: string;
  /** What runs there: core, the plugins of the plan, and what the host names. */
  readonly software: readonly Software[];
  /** Hashes of the plans that it has approved. */
  readonly approved: readonly string[];
  /** What it does with a task: who trains, and by which half of a strategy; or which query it answers. */
  readonly work:
    | {
        readonly kind: 'training';
        readonly trainer: string;
        readonly strategy: string;
        /** Digest of the names and shapes of the model's tensors (`digestJson` of `shapesOf`). */
        readonly model?: string;
        /** What its trainer says that it runs on (`LocalTrainer.describe`), such as a GPU: as `asRunsOn` has it. */
        readonly runsOn?: string;
      }
    | { readonly kind: 'query'; readonly query: string };
  /** Digest of the data sheet that it takes part with, where it has one: which data, which rows of them, and why. */
  readonly dataSheet?: string;
  /** True where charges to its data outlive runs, and so count what patients spent in others. */
  readonly keepsLedger: boolean;
  readonly noise: 'secret' | 'seeded';
  /** Where its own log stands; null without one. */
  readonly head: AuditHead | null;
  /** The public key that its log is signed with, as C2SP writes it; absent where it is not signed. */
  readonly verifierKey?: string;
  /** Number of entries of the server's log when it was noted there last. */
  readonly seen?: number;
}
