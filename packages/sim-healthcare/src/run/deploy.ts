import { compareModels, type EvaluationOptions, type Figure, type Predictions } from '@fedward/metrics-clinical';
import { discordant, patientScores, signTest, type Discordant } from './patient-scores.js';

/** A model held against the global one, on a hospital's own test patients. */
export interface AgainstGlobal extends Partial<Discordant> {
  readonly model: 'personal' | 'local';
  /** Its accuracy minus that of the global model, or its root mean squared error minus that one's; with an interval. */
  readonly difference?: Figure;
  /** Of the exact sign test over patients, two-sided; absent for survival. */
  readonly p?: number;
}

/** Which of its models a hospital is advised to use. */
export interface Deploy {
  /** `undecided`: the test patients are too few to tell; the global model is the simpler one then. */
  readonly model: 'global' | 'personal' | 'local' | 'undecided';
  readonly because: string;
  readonly comparisons: readonly AgainstGlobal[];
}

/** What is said beside each advice: the patients that choose also tell how good what is chosen is. */
const chosenHere =
  'Chosen on the same test patients whose figures stand here: those of a model that was chosen are a little too good';

/** Of wrong advice in a hospital whose models are all as good. */
const level = 0.05;

/**
 * Advice for one hospital. Another model than the global one is advised where it is better on the hospital's test patients by
 * the exact sign test, at 0.05 shared out over the models that are held against it (Bonferroni), and where the interval of
 * the difference does not hold 0; of two such models the one with the larger share of patients it does better by.
 * @param others `personal` and, where it was trained, `local`, of the same records as `global`
 */
export function deployOf(
  global: Predictions,
  others: Readonly<Partial<Record<AgainstGlobal['model'], Predictions>>>,
  options: EvaluationOptions,
): Deploy {
  const comparisons = (['personal', 'local'] as const).flatMap((model) => {
    const theirs = others[model];
    return theirs ? [against(model, theirs, global, options)] : [];
  });
  const telling = comparisons.filter(({ p, difference }) => tells(p, difference, comparisons.length));
  const ahead = telling
    .filter(({ better = 0, worse = 0 }) => better > worse)
    .sort((a, b) => b.better! - b.worse! - (a.better! - a.worse!));
  const words = comparisons.map(describe).join('; ');
  const of = `${patientsOf(global)} test patients`;
  if (ahead.length > 0) return { model: ahead[0]!.model, because: `on ${of}, ${words}. ${chosenHere}`, comparisons };
  if (comparisons.length > 0 && telling.length === comparisons.length)
    return { model: 'global', because: `on ${of}, ${words}. ${chosenHere}`, comparisons };
  const because = `${of} are too few to tell: ${words}. Until there are more, the global model is the simpler one`;
  return { model: 'undecided', because, comparisons };
}

function against(
  model: AgainstGlobal['model'],
  theirs: Predictions,
  global: Predictions,
  options: EvaluationOptions,
): AgainstGlobal {
  const [own, other] = [patientScores(theirs, options), patientScores(global, options)];
  const figures = compareModels(theirs, global, options);
  const difference = figures['accuracy'] ?? figures['rmse'] ?? figures['cIndex'];
  const counted = own && other ? discordant(own, other) : undefined;
  return {
    model,
    ...(difference && { difference }),
    ...(counted && { ...counted, p: signTest(counted) }),
  };
}

function tells(p: number | undefined, difference: Figure | undefined, tests: number): boolean {
  if (p === undefined || p > level / tests) return false;
  const interval = difference?.interval;
  return !interval || interval[0] > 0 || interval[1] < 0;
}

function describe({ model, difference, better, worse, p }: AgainstGlobal): string {
  const counted =
    better === undefined || p === undefined
      ? 'no patient alone tells which is better'
      : `better by ${better} and worse by ${worse} (p ${p < 0.001 ? 'below 0.001' : p.toFixed(3)})`;
  const interval = difference?.interval;
  const range = interval
    ? `, difference ${signed(difference.value!)}, 95 % interval ${signed(interval[0])} to ${signed(interval[1])}`
    : '';
  return `the ${model} model against the global one: ${counted}${range}`;
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;

function patientsOf({ labels, patientIds }: Predictions): number {
  return patientIds ? new Set(patientIds).size : labels.length;
}
