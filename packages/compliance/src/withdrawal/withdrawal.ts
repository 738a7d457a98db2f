/** Where in a run a hospital is that is withdrawn, or that has patients who are. */
export interface WithdrawnHospital {
  readonly id: string;
  /** Of patients: how many of the list its training part and its test part hold; undefined where the hospital itself goes. */
  readonly patients?: { readonly trained: number; readonly tested: number };
  /** Rounds whose sum its update is in. */
  readonly rounds: readonly number[];
  /** Certificates of these rounds, relative to the run. */
  readonly certificates: readonly string[];
  /** Its ledger, where the run charged one. */
  readonly ledger: string | null;
  /** What it was charged in the run; null where nothing has a price. */
  readonly epsilon: number | null;
  /** Its own model, where it has one. */
  readonly personal: string | null;
}

/** A run that withdrawal was asked of. */
export interface WithdrawalFacts {
  readonly runId: string;
  readonly folder: string;
  readonly rounds: number;
  /** Models that the run left: the bundle's file and the digest of its weights. */
  readonly models: readonly {
    readonly file: string;
    readonly sha256: string | null;
    readonly weights: string | null;
  }[];
  /** Those that are asked for and in the run; empty where none is. */
  readonly hospitals: readonly WithdrawnHospital[];
  readonly delta: number | null;
}

/** One run of a report. */
export interface WithdrawalOfRun extends Omit<WithdrawalFacts, 'hospitals' | 'models'> {
  readonly hospitals: readonly (Omit<WithdrawnHospital, 'patients'> & {
    /** Null: too few to be told. */
    readonly patients?: { readonly trained: number | null; readonly tested: number | null };
    readonly firstRound: number | null;
    /** Rounds whose model holds what was learned from it: all from the first on. */
    readonly modelsFrom: number | null;
  })[];
  /** Models that hold what was learned from those withdrawn. */
  readonly models: WithdrawalFacts['models'];
  /** What follows, in sentences. */
  readonly says: readonly string[];
}

/** Where in each of several runs those withdrawn are. */
export interface WithdrawalReport {
  readonly schemaVersion: 1;
  readonly asked: { readonly hospital?: string; readonly patients?: string };
  readonly runs: readonly WithdrawalOfRun[];
  readonly clauses: readonly string[];
  readonly notShown: readonly string[];
}

/** Counts of patients above zero and below it are not told. */
const minimum = 5;

/**
 * Which rounds, models, certificates and ledgers a hospital, or the hospitals of withdrawn patients, are in. A model is an
 * average over all its rounds: what was learned in one round is in the model of every later one.
 *
 * @param asked the hospital's id, or the digest of the list of patients
 */
export function withdrawalReport(runs: readonly WithdrawalFacts[], asked: WithdrawalReport['asked']): WithdrawalReport {
  return {
    schemaVersion: 1,
    asked,
    runs: runs.map(ofRun),
    clauses: ['gdpr-17', 'gdpr-21', 'ehds-71'],
    notShown: [
      'copies of models outside of these folders, and what was decided by their predictions',
      'whether the law asks for erasure here: Article 17(3)(d) of the GDPR has an exception for research',
      'runs that are not named',
    ],
  };
}

function ofRun({ hospitals, models, ...run }: WithdrawalFacts): WithdrawalOfRun {
  const told = hospitals.map(({ patients, ...hospital }) => {
    const trains = patients === undefined || patients.trained > 0;
    const first = trains ? (hospital.rounds[0] ?? null) : null;
    return {
      ...hospital,
      ...(patients && { patients: { trained: toldCount(patients.trained), tested: toldCount(patients.tested) } }),
      firstRound: hospital.rounds[0] ?? null,
      modelsFrom: first,
    };
  });
  const holds = told.some(({ modelsFrom }) => modelsFrom !== null);
  return { ...run, hospitals: told, models: holds ? models : [], says: saysOf(run, told, hospitals) };
}

function saysOf(
  { rounds, delta }: Pick<WithdrawalFacts, 'rounds' | 'delta'>,
  told: WithdrawalOfRun['hospitals'],
  facts: readonly WithdrawnHospital[],
): string[] {
  if (told.length === 0) return ['None of those asked for is in this run: no row of theirs was used.'];
  const from = told.flatMap(({ modelsFrom }) => modelsFrom ?? []);
  const first = from.reduce((least, round) => Math.min(least, round), rounds);
  const testedAlone = facts.some(
    ({ patients }) => patients !== undefined && patients.trained === 0 && patients.tested > 0,
  );
  const epsilons = told.flatMap(({ epsilon }) => epsilon ?? []);
  return [
    ...(from.length > 0
      ? [
          `The models of rounds ${first} to ${rounds - 1} were made with updates from these data, and so was the final one. A trained model ` +
            'still holds what it learned: to delete rows takes nothing out of it.',
          'Only training anew without them makes a model that never saw them: `fedward withdraw RUN ... --rerun --out DIR`.',
          epsilons.length > 0
            ? `Training anew costs privacy again: each hospital that stays is charged for a second run, as it was for the first (up to ` +
              `epsilon ${epsilonText(largestOf(epsilons))} at delta ${delta ?? 'not said'} here), and its ledger adds both up.`
            : 'Training anew lets the hospitals that stay tell of their data a second time, and nothing bounds what both runs tell together.',
        ]
      : ['No update that is in a sum was made with these data: no model of this run holds them.']),
    ...(testedAlone
      ? [
          'Some hospitals have patients of the list in the test part alone: their figures, and no weight, hang on these.',
        ]
      : []),
    'Who has both models, or both results, may learn something of those who were withdrawn from the difference.',
  ];
}

/** Four digits, rounded up: a bound stays one. */
function epsilonText(epsilon: number): string {
  return Number.isFinite(epsilon) ? String(Math.ceil(epsilon * 1e4) / 1e4) : String(epsilon);
}

function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function toldCount(count: number): number | null {
  return count > 0 && count < minimum ? null : count;
}
