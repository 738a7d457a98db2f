import type {
  AugmentationSpec,
  BatchesSpec,
  Json,
  JsonObject,
  MechanismDraft,
  ObjectiveSpec,
  OptimizerSpec,
  PrivacyUnit,
  TrainingData,
} from '@fedward/core';
import type { DatasetSheet, DeclaredEvaluation, PartitionSpec, Preprocessing, SourceSpec } from '@fedward/data-medical';
import type { LabelColumn, RawRecord, RowCounts, Scaling, TableSchema } from '@fedward/kit-tables';
import type { RecordGroups } from '@fedward/metrics-clinical';
import type { Fold, FoldHospital } from '../validate/fold.js';
import type { OptOuts } from './opt-outs.js';
import type { SimulatedLabelNoise } from './label-noise.js';

/** What is declared of a model's use before anybody looks at a result, and how a threshold is chosen on training parts. */
export type { DeclaredEvaluation };
export type { ThresholdRule } from '@fedward/metrics-clinical';

/** What a mechanism needs of the rest of a plan, whichever it is. */
export type PrivacyNeeds = Omit<MechanismDraft, 'options'>;

/** One hospital with its data. */
export interface Hospital {
  readonly id: string;
  readonly train: TrainingData;
  /** The hospital's own test part, for the table of local and global accuracy. */
  readonly test: TrainingData;
  /** What became of the rows that its records were read from. */
  readonly rows?: RowCounts;
  /** What there is to know of its data. */
  readonly sheet?: DatasetSheet;
  /** What is done to a record before the model sees it. */
  readonly preprocessing?: Preprocessing;
  /** [of `test`]: groups that a reader cares about. */
  readonly testGroups?: readonly RecordGroups[];
  /** Where a simulation makes labels wrong: how many of its training part. */
  readonly flippedLabels?: number;
}

/**
 * What a population was made of, so that a run that is gone on with can be told from one on other data. Digests of
 * patients' data are facts about patients: they are written to the run's folder, beside a secret number, and not sent.
 */
export interface PopulationInputs {
  /** Digest of the table's schema as the caller wrote it; null where the scenario has its own, a part of the software. */
  readonly schema: string | null;
  /** How each hospital's records are parted into train and test part. */
  readonly split: Json;
  /** What is done to features before they are trained on. */
  readonly preprocessing: Json;
  /**
   * Each hospital's data by digest (see `data-digest.ts`), of all records that were read, whatever they are called and
   * however they are then parted. Where hospitals are too many for a table, one entry stands for all of them. `file`:
   * that of the file that they were read from, byte by byte, since training goes by the order of records.
   */
  readonly hospitals: readonly {
    readonly id: string;
    readonly data: string;
    readonly file?: string | undefined;
    /** Digest of its data sheet, where there is one. */
    readonly sheet?: string | undefined;
  }[];
}

/** The hospitals of a scenario. */
export interface Population {
  /** Ids of the hospitals, in their order. */
  readonly ids: readonly string[];
  /**
   * One of the hospitals. Where the population is larger than memory, it is made at each call, always the same, and
   * its data when they are first looked at.
   */
  hospital(id: string): Hospital;
  /**
   * False where hospitals are so many, and each so small, that none is trained alone or scored by itself, and there is
   * no table of them.
   */
  readonly tabulated: boolean;
  /** The pooled test part, on which the global model is scored after each round. */
  readonly test: TrainingData;
  readonly inputShape: readonly number[];
  /** Number of classes; 1 where a value is to be predicted. */
  readonly classes: number;
  /** What is to be told; default: a class where there are classes, else a value. */
  readonly label?: LabelColumn['kind'];
  readonly inputs?: PopulationInputs;
  /** Absent where no record can come in beside the population's own. */
  readonly intake?: Intake;
  /** By what its models are to be judged, as the study declares. */
  readonly evaluation?: DeclaredEvaluation;
  /** [of `test`]: groups that a reader cares about. */
  readonly testGroups?: readonly RecordGroups[];
  /** How the files of a study were read, so that further ones can be. */
  readonly source?: SourceSpec;
  /** What is to be told, by the name of its column, with its unit. */
  readonly labelName?: { readonly name: string; readonly unit?: string };
  /** Names of the classes, in order. */
  readonly classNames?: readonly string[];
  /** What whoever runs it should know of the data, in sentences: files that were not read, ids that two hospitals share. */
  readonly notices?: readonly string[];
  /** What an epsilon rests on that only whoever prepared the data can know, in words. */
  readonly assumptions?: readonly string[];
}

/** Records beside those that a population has, by hospital. */
export type Joining = ReadonlyMap<string, readonly RawRecord[]>;

/**
 * How a further record would come into a population: where all the others do, before anything is done to them. An audit
 * that put its records in later would see nothing of what is done before.
 */
export interface Intake {
  /** [features of a record]: by what each value is scaled; undefined: it is trained on as it is. */
  readonly scalings: readonly (Scaling | undefined)[];
  /** Whether it would be trained on at a hospital. */
  isTrainedOn(hospital: string, record: RawRecord): boolean;
  /** The same population with further records. */
  join(joining: Joining): Promise<Population>;
}

/** What a run of a scenario does unless it is told otherwise, by what its privacy needs. */
export interface ScenarioDefaults {
  readonly model: string;
  readonly rounds: number;
  readonly batches: BatchesSpec;
  readonly optimizer: OptimizerSpec;
  /** Default: the mean by number of records. */
  readonly aggregator?: { readonly name: string; readonly options: JsonObject };
  /** Default: drawn from the seed. */
  readonly initialWeights?: 'zeros';
  /**
   * As `quietRate`: the most that noise may move a weight, by which the learning rate is lowered unless somebody names one.
   * Absent: it stays.
   */
  readonly mostNoise?: number;
  readonly objective?: ObjectiveSpec;
  readonly augmentation?: AugmentationSpec;
  /** What suits a model that is a graph, such as a ResNet or a caller's own network, instead. */
  readonly ofGraphs?: Partial<Pick<ScenarioDefaults, 'rounds' | 'optimizer'>>;
  /** For the mechanisms: clip norm and noise, of a step or of a whole update. */
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  readonly delta: number;
  /** Hospitals asked in a round, drawn at random. Default: all. */
  readonly cohort?: number;
}

/** What a scenario is loaded by. */
export interface LoadOptions {
  readonly seed: number;
  /** A folder of data sets. */
  readonly dataDir?: string | undefined;
  /** For simulated populations. */
  readonly hospitals?: number | undefined;
  /** Of the caller's own data: where its schema is. Default: `schema.json` beside the data. */
  readonly schemaFile?: string | undefined;
  /** Labels that are to be made wrong, for scenarios that take it. */
  readonly labelNoise?: SimulatedLabelNoise | undefined;
  /** How one table is parted among hospitals. */
  readonly partition?: PartitionSpec | undefined;
  /**
   * What an epsilon will speak of; undefined where there is none. Of a record or a patient: nothing may be computed from
   * a hospital's records together before they are trained on.
   */
  readonly priced?: PrivacyUnit | undefined;
  /** The secret of a run whose randomness is: from it comes who is tested on. Without it that comes from the seed. */
  readonly splitSecret?: Uint8Array | undefined;
  /** Hospitals that take no part, by id; of scenarios that `leavesOut`. */
  readonly without?: readonly string[] | undefined;
  /**
   * Of the caller's own data: `dataDir` is the file or folder of this one hospital, which has nothing of the others.
   */
  readonly only?: string | undefined;
  /** Patients whose rows are left out; of scenarios that `takesOptOuts`. */
  readonly optOuts?: OptOuts | undefined;
  /** Records that come in beside the scenario's own (see `Intake`). */
  readonly joining?: Joining | undefined;
}

/** A scenario's tables as they lie at hospitals, with columns that nothing reads, and what is read of them. */
export interface RawTables {
  readonly schema: TableSchema;
  readonly source: SourceSpec;
  /** `hospital`: whose it is; of a table that is parted among hospitals, what its file is called. */
  readonly tables: readonly { readonly hospital: string; readonly path: string }[];
}

/** A population of hospitals with its data, and settings that suit it. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly needsData: boolean;
  /** True where the caller says by a schema what the data mean. */
  readonly takesSchema?: boolean;
  /** True where one table is parted among hospitals, and the caller may say how. */
  readonly takesPartition?: boolean;
  /** True where a hospital can be left out, so that nothing hangs on its data. */
  readonly leavesOut?: boolean;
  /** True where rows can be left out by the patient's id. */
  readonly takesOptOuts?: boolean;
  /** True where patients are simulated, and the caller may have labels of training parts made wrong. */
  readonly takesLabelNoise?: boolean;
  /** Where hospitals are simulated: the most that there can be. */
  readonly mostHospitals?: number;
  /** The mechanism that it is protected by unless the caller says otherwise, by name; null: none. */
  readonly privacy: string | null;
  /**
   * @param needs what the mechanism needs; null without one
   * @param unit what is protected, where there is privacy; default `record`
   * @param population where it is loaded: what its data are decides on the model
   */
  defaults(needs: PrivacyNeeds | null, unit?: PrivacyUnit, population?: Population): ScenarioDefaults;
  load(options: LoadOptions): Promise<Population>;
  /**
   * Its hospitals with their records parted as a fold says, everything that is fitted on records fitted anew. Absent where
   * that has no meaning.
   */
  fold?(options: LoadOptions, fold: Fold): Promise<readonly FoldHospital[]>;
  /** Where its tables are, for whoever looks at them as they are. Absent where patients are simulated. */
  raw?(options: LoadOptions): Promise<RawTables>;
}
