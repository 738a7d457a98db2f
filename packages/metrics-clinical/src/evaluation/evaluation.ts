import type { LossName } from '@fedward/core';

/** How an interval was made; the set is open. */
export type IntervalMethod = 'delong' | 'wilson' | 'wald' | 'student' | 'bootstrap' | 'subsampling' | (string & {});

/** One figure with what is known of its error. */
export interface Figure {
  /** Null where it is not defined, such as an area under the curve where one class is absent. */
  readonly value: number | null;
  /** At the evaluation's level; null where none can be given. */
  readonly interval: readonly [low: number, high: number] | null;
  readonly method?: IntervalMethod;
  /** Why it, or its interval, is not defined, as the end of a sentence. */
  readonly because?: string;
}

/** Figures by name. Names are only ever added. */
export type Figures = Readonly<Record<string, Figure>>;

/** What a model is asked for. `binary`: two classes; `classes`: more; `value`: a number; `survival`: a time. */
export type PredictionTask = 'binary' | 'classes' | 'value' | 'survival';

/** A point of a receiver operating characteristic. */
export interface RocPoint {
  /** Positive from here on, as a probability; the first point, (0, 0), has null. */
  readonly threshold: number | null;
  readonly sensitivity: number;
  readonly specificity: number;
}

/** One bin of predicted probabilities (or of predicted risk at a time), and what came of its records. */
export interface ReliabilityBin {
  readonly records: number;
  /** Mean of what was predicted. */
  readonly predicted: number;
  /** Share in which it happened. */
  readonly observed: number;
  readonly interval: readonly [low: number, high: number];
}

/** A point of a decision curve (Vickers and Elkin 2006). */
export interface NetBenefitPoint {
  /** The probability from which on one would act. */
  readonly threshold: number;
  readonly model: number;
  readonly all: number;
}

/** Counts of records by true and predicted class: `counts[truth][predicted]`. */
export interface ConfusionMatrix {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** Curves for a plot, thinned to at most some hundred points. */
export interface Curves {
  readonly roc?: readonly RocPoint[];
  readonly reliability?: readonly ReliabilityBin[];
  readonly netBenefit?: readonly NetBenefitPoint[];
  /** Of a value: what was predicted, and how far off it was (label minus prediction), of at most some hundred records. */
  readonly residuals?: readonly { readonly predicted: number; readonly residual: number }[];
}

/** All that is said of a model on one set of records. Plain JSON. */
export interface Evaluation {
  readonly schemaVersion: 1;
  readonly task: PredictionTask;
  readonly records: number;
  /** By their ids; without ids each record is a patient of its own. */
  readonly patients: number;
  /** Of two classes the records of class 1; of survival the events. */
  readonly events?: number;
  /** Of every interval: 0.95. */
  readonly level: number;
  readonly figures: Figures;
  /** The probability of class 1 from which on a record is called that. */
  readonly threshold?: number;
  /** For which PPV and NPV are told, where one was declared; otherwise they are those of these records. */
  readonly prevalence?: number;
  /** The time at which survival was judged, in the label's unit. */
  readonly horizon?: number;
  readonly confusion?: ConfusionMatrix;
  /** Of many classes: each against the rest, by name. */
  readonly byClass?: Readonly<Record<string, Figures>>;
  readonly curves?: Curves;
}

/** What a model said of records, and what was true. */
export interface Predictions {
  readonly loss: LossName;
  /** [count, width] logits, values or log hazards. */
  readonly outputs: Float32Array;
  /** [count] */
  readonly labels: Float32Array;
  /** [count]: whose record it is. */
  readonly patientIds?: readonly string[] | undefined;
  /** In the order of their numbers. */
  readonly classes?: readonly string[] | undefined;
}

/** A step function of time: the baseline cumulative hazard of a Cox model (Breslow 1972). */
export interface BaselineHazard {
  /** Ascending. */
  readonly times: readonly number[];
  /** [times], not descending. */
  readonly cumulative: readonly number[];
}

/** By what records are judged; all of it is declared, or chosen on training parts: nothing here may come from these records. */
export interface EvaluationOptions {
  /** Probability of class 1 from which on a record is called that. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Prevalence of class 1 where the model is to be used, for PPV and NPV. */
  readonly prevalence?: number | undefined;
  /** Sensitivity is told at this specificity, and specificity at this sensitivity. Default 0.9. */
  readonly operatingPoint?: number | undefined;
  /** The time at which survival is judged, in the label's unit. Default: none of what needs one. */
  readonly horizon?: number | undefined;
  readonly baseline?: BaselineHazard | undefined;
  /** Labels of the training part, for what is learned of censoring and of the mean. Default: these records' own. */
  readonly trainingLabels?: Float32Array | undefined;
  /** With curves; default true. */
  readonly curves?: boolean | undefined;
  /** Of bootstraps. Default: 1000 draws, seed 0. */
  readonly bootstrap?: { readonly draws: number; readonly seed: number } | undefined;
}

/** Records by a group that a reader cares about, such as sex or an age band. */
export interface RecordGroups {
  /** Such as `age` or `sex`. */
  readonly name: string;
  /** Such as `below 40`, `40 to 60`, `60 and above`. */
  readonly levels: readonly string[];
  /** [count]: positions in `levels`; 255: not known. */
  readonly codes: Uint8Array;
}

/** One group beside all the others. */
export interface SubgroupEvaluation {
  readonly group: string;
  readonly level: string;
  readonly evaluation: Evaluation;
  /** Of the figures that have one: this group minus all records outside of it. */
  readonly gaps: Figures;
}
