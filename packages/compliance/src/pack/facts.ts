import type { DpEvent, EntryProof, Json, JsonObject } from '@fedward/core';
import type { InstalledPackage } from './bom.js';

/** Something that crossed a hospital's boundary. */
export interface Flow {
  /** A hospital's id, or `coordinator`. */
  readonly from: string;
  readonly to: string;
  /** `update`, `answer to a query`, `scores`, `call`, `instruction`, `description`. */
  readonly kind: string;
  /** Null before the first round. */
  readonly round: number | null;
  /** ISO 8601, as the log has it. */
  readonly time: string;
  /** Of tensors, without the message around; null where neither log nor result tells. */
  readonly bytes: number | null;
}

/** An entry of a log about an approval, a policy or a check. */
export interface LoggedDecision {
  readonly time: string;
  readonly hospital: string | null;
  readonly details: JsonObject;
}

/** A log of the run's. */
export interface LogFacts {
  /** `coordinator`, or a hospital's id. */
  readonly owner: string;
  /** Relative to the run. */
  readonly folder: string;
  readonly entries: number;
  readonly root: string;
  readonly ok: boolean;
}

/** An entry with the proof that it is in the coordinator's log: `entry` is canonical JSON, `proof` a tlog-proof (C2SP). */
export interface ProvedEntry extends EntryProof {
  readonly type: string;
  readonly index: number;
}

/** A certificate of a round, held against the public keys beside it. */
export interface CertificateFacts {
  readonly file: string;
  readonly ok: boolean;
  /** Digest of the weights after the round; null where it does not hold. */
  readonly model: string | null;
}

/** A file of the run's folder. */
export interface RunFile {
  readonly file: string;
  readonly bytes: number;
}

/** A file of the run's folder that goes into the pack. */
export interface CopiedFile {
  readonly file: string;
  readonly content: Uint8Array;
}

/** What became of a hospital's rows, as its log tells. */
export interface RowFacts {
  readonly hospital: string;
  /** Null: withheld, or too few to be told. */
  readonly read: number | null;
  readonly used: number | null;
  readonly dropped: readonly { readonly reason: string; readonly rows: number | null }[];
  readonly withheld: boolean;
}

/** One hospital's part in the rounds. */
export interface PartFacts {
  readonly id: string;
  readonly rounds: number;
  readonly missed: number;
  readonly lastRound: number | null;
  readonly weightShareLost: number | null;
}

/** Who was missing in a round. */
export interface MissedFacts {
  readonly round: number;
  readonly hospital: string;
  readonly why: string;
}

/** What a mechanism's price is, as the run's log says. */
export interface PrivacyFacts {
  readonly mechanisms: readonly string[];
  readonly unit: string;
  readonly adjacency: string | null;
  readonly accountant: string;
  readonly epsilon: number | null;
  readonly delta: number;
  readonly protects: string;
  readonly assumptions: readonly string[];
  readonly released: readonly string[];
  readonly withheld: readonly string[];
  readonly notReleased: readonly string[];
  readonly perHospital: readonly {
    readonly id: string;
    readonly epsilon: number | null;
    readonly spent: DpEvent | null;
  }[];
}

/** A hospital's ledger over all studies. */
export interface LedgerFacts {
  /** The name of its folder. */
  readonly folder: string;
  readonly releases: number;
  readonly studies: number;
  readonly epsilon: number | null;
  readonly budget: number | null;
  readonly delta: number;
  readonly unit: string;
  readonly accountant: string;
  readonly head: string;
  readonly ok: boolean;
  readonly assumptions: readonly string[];
}

/** How far one hospital can move the model in a round. */
export interface ReachFacts {
  readonly id: string;
  readonly most: number | null;
  readonly because: string;
}

/** Everything that a pack is made of, gathered by whoever knows how a run is kept. */
export interface PackFacts {
  readonly run: {
    readonly runId: string;
    readonly scenario: string;
    readonly planHash: string;
    readonly simulationOnly: boolean;
    readonly seed: number;
    readonly rounds: number;
    readonly began: string;
    readonly ended: string | null;
    /** As `fedward audit verify` says it. */
    readonly state: string;
    readonly ok: boolean;
    /** Of the model's weights. */
    readonly model: string | null;
    readonly hospitals: readonly string[];
  };
  readonly flows: readonly Flow[];
  /** Bytes of tensors over all rounds. */
  readonly bytes: { readonly sent: number; readonly received: number } | null;
  /** What hospitals told before the first round, in sentences. */
  readonly notices: readonly string[];
  readonly refusals: readonly { readonly time: string; readonly by: string; readonly code: string }[];
  readonly approvals: readonly LoggedDecision[];
  readonly policies: readonly LoggedDecision[];
  readonly checks: readonly LoggedDecision[];
  readonly logs: readonly LogFacts[];
  readonly files: readonly { readonly file: string; readonly sha256: string | null; readonly logged: string | null }[];
  readonly proofs: readonly ProvedEntry[];
  /** In the order of rounds. */
  readonly certificates: readonly CertificateFacts[];
  /** Certificates, public keys, signed checkpoints, cards, approvals: copied as they are; outcomes of checks, without evidence. */
  readonly copies: readonly CopiedFile[];
  readonly privacy: PrivacyFacts | null;
  readonly secureAggregation: boolean;
  /** Null: none was named. */
  readonly ledgers: readonly LedgerFacts[] | null;
  readonly rows: readonly RowFacts[];
  readonly participation: { readonly complete: boolean; readonly meanShareLost: number | null } | null;
  readonly parts: readonly PartFacts[];
  readonly missed: readonly MissedFacts[];
  readonly reach: readonly ReachFacts[];
  /** Counts of patients' rows above zero and below it are not told. */
  readonly minimumCount: number;
  readonly plan: JsonObject;
  readonly inputs: JsonObject;
  /** Beside the plan: what a simulation does. */
  readonly simulation: JsonObject;
  /** To run it again, with `$DATA` and `$PACK`; null where it can't be repeated, `because` says why. */
  readonly replay: { readonly command: string; readonly exact: boolean; readonly notes: readonly string[] };
  /** Lies in the folder of the run, and is to be deleted when the study ends, or kept. */
  readonly kept: readonly RunFile[];
  readonly installed: readonly InstalledPackage[];
  readonly node: string;
  /** As it was written, and as it was read; null: none was given. */
  readonly declarations: { readonly text: string; readonly said: Readonly<Record<string, Json>> } | null;
}
