import type { BatchesSpec, Metrics, PrivacyStatement, RoundReport, TrainingPlan } from '@fedward/core';
import type { DatasetSheet } from '@fedward/data-medical';
import type { RowCounts } from '@fedward/kit-tables';
import type { Evaluation, Figures, SubgroupEvaluation } from '@fedward/metrics-clinical';
import type { ChoiceResult, ValidationResult } from '../validate/validation-result.js';
import type { Deploy } from './deploy.js';
import type { HospitalReach } from '../reach/reach.js';
import type { LedgerResult } from './ledgers.js';
import type { PatientExposure } from './patient-exposure.js';
import type { Participation } from './participation.js';
import type { CheckTold } from './check-told.js';
import type { MaskedRounds } from './secure-aggregation.js';
import type { ResultWarning } from './warnings.js';

/** How wrong a hospital's labels look to a model that it had no part in. */
export interface HospitalLabelNoise {
  /** The part of its training labels that is estimated to be wrong, from 0 to 1. */
  readonly rate: number;
  /** Labels of its training part that are doubted. */
  readonly doubted: number;
}

/** One hospital in a result. */
export interface HospitalResult {
  readonly id: string;
  /** What became of the rows of its data, where its scenario says. */
  readonly rows?: RowCounts;
  /** What there is to know of its data: files by digest, rows, missing values, units, origin. */
  readonly sheet?: DatasetSheet;
  /** Records of its training part. Known here because the simulation holds all data. */
  readonly samples: number;
  /** Trained alone, without noise, since nothing then leaves it; on its own test part. Null: not run, or failed. */
  readonly localMetrics: Metrics | null;
  /** Why it came to nothing alone. */
  readonly localFailure?: string;
  /** The global model on the same test part. */
  readonly globalMetrics: Metrics;
  /** The global model on its own test part, without curves. */
  readonly evaluation?: Evaluation;
  /** Trained alone, on the same test part. */
  readonly localEvaluation?: Evaluation;
  /** The global model's figures minus those of the one trained alone. */
  readonly gain?: Figures;
  /** Where the plan's strategy makes one and nothing has a price: the hospital's personal model, on the same test part. */
  readonly personal?: {
    readonly metrics: Metrics;
    readonly evaluation: Evaluation;
    /** The personal model's figures minus those of the global one. */
    readonly gain: Figures;
    /** Digest of its weights, which are in `hospitals/<id>/model.safetensors` of the run's folder and nowhere else. */
    readonly sha256: string;
  };
  /** With `personal`: which of its models the hospital is advised to use. */
  readonly deploy?: Deploy;
  /** Labels of its training part that the simulation made wrong (`--label-noise`). */
  readonly flippedLabels?: number;
  /** With `--find-label-noise`: how wrong its labels look to a model of the others. */
  readonly labelNoise?: HospitalLabelNoise;
}

/** A threshold: never chosen on a test part. */
export interface ChosenThreshold {
  readonly value: number;
  readonly on: 'default' | 'declared' | 'training';
  /** In words. */
  readonly rule: string;
}

/** `result.json`, and what `simulate --json` prints. Members are only ever added. */
export interface SimulationResult {
  readonly schemaVersion: 1;
  readonly runId: string;
  /**
   * 32 random bytes, hexadecimal; in the report too. The log has the digests of both files, whose other content may be
   * known but for a count of patients: without this, trying all counts would find the one with that digest.
   */
  readonly nonce: string;
  readonly scenario: string;
  readonly planHash: string;
  readonly seed: number;
  /** True where privacy noise came from a seed: the run shows what would happen and protects nobody. */
  readonly simulationOnly: boolean;
  /** The name is that of `--model`, or `custom` for a model that the config spells out. */
  readonly model: { readonly name: string; readonly parameters: number; readonly sha256: string };
  readonly aggregator: string;
  readonly trainer: string;
  readonly rounds: readonly RoundReport[];
  /**
   * What updates and what hospitals were sent are made of, over all rounds, without the messages around; `uncompressed`:
   * what was received would have been without a compression. Absent in results of earlier versions.
   */
  readonly bytes?: { readonly sent: number; readonly received: number; readonly uncompressed: number };
  /** The name of the plan's compression; absent where it has none. */
  readonly compression?: string;
  /** Who took part, in which rounds, and what weight was lost. Absent from results of before. */
  readonly participation?: Participation;
  /** Why the aggregator needed no further round; absent where the plan's rounds were used up. */
  readonly done?: string;
  readonly final: {
    readonly metrics: Metrics;
    /** On the pooled test part. */
    readonly evaluation?: Evaluation;
    readonly subgroups?: readonly SubgroupEvaluation[];
  };
  /** With `--validate kfold:K` or `leave-one-hospital-out`. */
  readonly validation?: ValidationResult;
  /** With `--choose`: the grid, and what was chosen of it. */
  readonly choice?: ChoiceResult;
  /** What the plan declares that it is for. */
  readonly about?: TrainingPlan['about'];
  /** The probability of class 1 from which on a record is called that, and how it was come by. */
  readonly threshold?: ChosenThreshold;
  /** What the plan trains by, for whoever reads without the plan. */
  readonly settings?: { readonly training: TrainingPlan['training']; readonly rounds: number };
  /** Empty where hospitals are too many for a table (`population.tabulated` is false). */
  readonly hospitals: readonly HospitalResult[];
  /** How far each hospital could move the model in a round; absent where there is no table of them. */
  readonly reach?: readonly HospitalReach[];
  readonly population: { readonly hospitals: number; readonly tabulated: boolean };
  /** What a reader would wrongly conclude without a word. */
  readonly warnings: readonly ResultWarning[];
  /** What to know of the data, in sentences: files that were not read, ids that two hospitals share. */
  readonly notices?: readonly string[];
  readonly privacy:
    | (Omit<PrivacyStatement, 'perClient'> & {
        readonly mechanism: string;
        /** What the epsilon follows from, as the plan has it. */
        readonly settings: {
          readonly mechanisms: NonNullable<TrainingPlan['privacy']>['mechanisms'];
          readonly batches: BatchesSpec;
          readonly rounds: number;
        };
        readonly perHospital: readonly { readonly id: string; readonly epsilon: number | null }[];
        /**
         * What stands in this result only because a simulation holds all data: no hospital released it, and no epsilon
         * covers it. Where hospitals are real it is theirs to compute, and to pay for.
         */
        readonly notReleased: readonly string[];
        /** Where records are protected and a patient has several: what all of that patient's are exposed to. */
        readonly patient?: PatientExposure;
        /** With `--ledger`: what each hospital's data have spent over all studies, this run among them. */
        readonly ledgers?: readonly LedgerResult[];
      })
    | null;
  /** Present where the plan has secure aggregation. */
  readonly secureAggregation?: MaskedRounds;
  /** With `--check`: what the checks before the first round came to. */
  readonly check?: CheckTold;
  readonly audit: {
    /** Of all logs of the run, up to its end, as are the two numbers below. */
    readonly events: number;
    readonly hospitals: number;
    readonly trainingEvents: number;
    /** Of the server's log, over so many of its entries. */
    readonly root: string;
    /** Absent from results of before, where the server's was the only log: then `events`. */
    readonly entries?: number;
    /** Number of logs: the server's and one of each hospital; 1 where they share it. Absent from results of before. */
    readonly logs?: number;
    /** Number of rounds that have a certificate. Absent from results of before. */
    readonly certificates?: number;
    readonly verified: boolean;
    /**
     * Of the server's log with its last event, the seal, which vouches for result.json too: not in that file, but in what
     * `simulate --json` prints. The root to note elsewhere, which is over `entries`; `events` are of all logs.
     */
    readonly sealed?: { readonly root: string; readonly events: number; readonly entries: number };
  };
  readonly timing: {
    readonly totalSeconds: number;
    /** In the trainer, of all threads together, without training alone. */
    readonly trainSeconds: number;
    /** In which at least one hospital was in training: with several threads, less than `trainSeconds`. */
    readonly trainElapsedSeconds: number;
    readonly clientSteps: number;
    /** Number of threads that hospitals trained on. */
    readonly workers: number;
  };
  readonly folder: string;
}
