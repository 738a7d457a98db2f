import type { Basis } from './basis.js';
import type { FoldedMethod } from './method.js';
import type { ValidationFold } from './validation-result.js';

/** What a validation shows and what not, how features were prepared, what it would cost in privacy. */
export function validationWords(
  { planned, population }: Pick<Basis, 'planned' | 'population'>,
  method: FoldedMethod,
  folds: readonly ValidationFold[],
  chosen: boolean,
): string[] {
  const { threshold } = population.evaluation ?? {};
  const failed = folds.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
  const left = method.kind === 'leave-one-hospital-out';
  return [
    left
      ? 'Each hospital was left out once: the others trained on all of their records, and the model was tested on all of its. ' +
        'That is what a hospital gets that takes the model over and took no part.'
      : `Patients were parted into ${method.folds} folds, each with all records; a federation for each fold trained on the others. ` +
        'That is what a new patient of these same hospitals gets.',
    ...(left && population.ids.length < 10
      ? [`With ${population.ids.length} hospitals the spread over them says little of the next one.`]
      : []),
    preparedBy(planned.inputs.population?.preprocessing, left),
    ...(chosen ? ['Settings were chosen in each fold anew, on its own training records alone.'] : []),
    ...(typeof threshold === 'object'
      ? [
          'No fold chose a threshold: what hangs on one (accuracy, sensitivity, specificity and others) is at 0.5 here, and not at the ' +
            "threshold that the run's own model chose on its training parts.",
        ]
      : []),
    "The run's own model, which is in its folder, is none of these: all hospitals trained it.",
    ...(planned.plan.model.loss === 'cox'
      ? ['There are no figures of all folds together: log hazards of different models have no zero in common.']
      : []),
    ...(failed.length > 0 ? [`Without a figure: ${failed.join(', ')}.`] : []),
    ...aboutPrivacy(planned, left ? population.ids.length : method.folds),
  ];
}

/** What a study says of its preparation; of others each record is prepared by itself. */
function preparedBy(preprocessing: unknown, left: boolean): string {
  const { standardization, byOwnMeanAndDeviation = [] } = Object(preprocessing) as {
    readonly standardization?: string;
    readonly byOwnMeanAndDeviation?: readonly string[];
  };
  const anew =
    'Whatever is fitted on records (scales, missing values, which features are kept) was fitted in each fold anew';
  if (standardization === 'federation') return `${anew}, on the training records of its hospitals.`;
  if (standardization === 'site' && byOwnMeanAndDeviation.length > 0)
    return left
      ? `${anew}, by each hospital on its own training records. The one that was left out fitted its own scales, on its own ` +
          'records without their labels, as it would have to in truth.'
      : `${anew}, by each hospital on its own training records.`;
  return `${anew}, without those that are tested on.`;
}

/**
 * By composition (Dwork and Roth 2014, theorem 3.16): K runs, each of epsilon and delta, are at most K times both. A record
 * trains in all folds but its own, and in the run.
 * @param runs number of folds
 */
function aboutPrivacy({ plan }: Basis['planned'], runs: number): string[] {
  if (plan.privacy?.delta === undefined) return [];
  return [
    `THE EPSILON IS OF ONE RUN. Each patient's records train in ${runs} federations, ${runs - 1} folds and the run itself: in ` +
      `truth all of these together would cost up to ${runs} times the epsilon, at ${runs} times the delta ` +
      `(${(runs * plan.privacy.delta).toPrecision(3)}), and the figures here, which are of patients, are in none of it. This is a ` +
      'simulation with seeded noise, which releases nothing.',
  ];
}
