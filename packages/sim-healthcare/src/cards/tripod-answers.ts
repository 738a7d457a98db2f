import { counted } from '../report/counted.js';
import { describeMetrics } from '../report/shown-metrics.js';
import { figureLabel, figureText, mainFigure } from './figure-text.js';
import {
  aboutOf,
  inputsOf,
  isSmall,
  isUnpaid,
  labelText,
  outputText,
  rowsInAll,
  rowsToShare,
  trainingText,
  type CardSource,
} from './study.js';
import { toldWarning } from './told-warning.js';

/** What a run knows of an item. */
export interface TripodAnswer {
  readonly text: string;
  /** The file of the run's folder, and the member, that it was taken from. */
  readonly from: string;
}

const answer = (text: string, from: string): TripodAnswer => ({ text, from });
const ifSaid = (text: string | undefined, from: string): TripodAnswer[] =>
  text === undefined ? [] : [answer(text, from)];

type Answers = Readonly<Record<string, readonly TripodAnswer[]>>;

/** By the item's number; an item of which the run knows nothing is not among them, or has no answer. */
export function tripodAnswers(source: CardSource): Answers {
  return { ...planned(source), ...found(source) };
}

function planned(source: CardSource): Answers {
  const { result, plan, manifest } = source;
  const { question, intendedUse, outOfScope } = aboutOf(source);
  const { preprocessing, features } = manifest;
  const rows = rowsInAll(source);
  const { objective } = plan.training;
  return {
    '3a': ifSaid(question, 'plan.json: about.question'),
    '3b': [
      ...ifSaid(intendedUse, 'plan.json: about.intendedUse'),
      ...ifSaid(outOfScope === undefined ? undefined : `Not for: ${outOfScope}`, 'plan.json: about.outOfScope'),
    ],
    '4': [answer('A model is developed, and evaluated on test parts of the same hospitals.', 'result.json: final')],
    '5a': [answer(`Scenario ${result.scenario}, ${counted(result.population.hospitals, 'hospital')}.`, 'result.json')],
    '6a': [answer(`${counted(result.population.hospitals, 'hospital')}.`, 'result.json: population')],
    '7': [answer(preparation(source), 'model.safetensors: preprocessing')],
    '8a': [answer(`The label is ${labelText(manifest)}.`, 'model.safetensors: label')],
    '9b': features.length === 0 ? [] : [answer(`${inputsOf(manifest)}.`, 'model.safetensors: features')],
    '10': rows
      ? [answer(`${rows.used} records were there; nothing was calculated beforehand.`, 'result.json: hospitals')]
      : [],
    '11': [
      answer(
        preprocessing
          ? 'Values were filled in as the preprocessing says.'
          : 'The run has no preprocessing that could fill in values.',
        'model.safetensors: preprocessing',
      ),
    ],
    '12a': [
      answer("Each hospital's data were parted into training and test; the model never saw test parts.", 'result.json'),
    ],
    '12b': preprocessing ? [answer(preparation(source), 'model.safetensors: preprocessing')] : [],
    '12c': [
      answer(
        `A model of ${counted(plan.model.layers.length, 'layer')} with loss ${plan.model.loss}. ${trainingText(plan)}; aggregator ${result.aggregator}.`,
        'plan.json: model, training',
      ),
    ],
    '12d': [
      answer(
        'Figures of the global model are told by hospital, where there is a table of hospitals.',
        'result.json: hospitals',
      ),
    ],
    '12f': [answer('The model was not updated after its evaluation.', 'audit')],
    '12g': [
      answer(
        `\`fedward model predict\` computes them from raw rows; the model gives ${outputText(manifest)}.`,
        'model.safetensors',
      ),
    ],
    '13': [
      answer(
        objective
          ? `The training objective is ${JSON.stringify(objective)}.`
          : 'Nothing was done about class imbalance.',
        'plan.json: training.objective',
      ),
    ],
    '15': [answer(`It gives ${outputText(manifest)}.`, 'model.safetensors: task, threshold')],
    '16': [answer('Training and evaluation are of the same hospitals, read in the same way.', 'result.json')],
    '18f': [answer(`${manifest.software}, which is open source; the plan is ${result.planHash}.`, 'plan.json')],
  };
}

function found(source: CardSource): Answers {
  const { result, manifest } = source;
  const { evaluation } = manifest;
  const { hospitals, warnings, privacy } = result;
  const unpaid = isUnpaid(source);
  const flow = privacy ? [] : hospitals.flatMap(({ id, rows }) => (rows ? [`${id}: ${rowsToShare(rows)}`] : []));
  const figures = Object.entries(evaluation?.figures ?? {});
  const main = mainFigure(evaluation?.figures ?? {});
  const each = hospitals.flatMap(({ id, evaluation: own }) =>
    own && !unpaid && !isSmall(own.patients) && main !== undefined && own.figures[main]
      ? [`${id}: ${figureText(own.figures[main])}`]
      : [],
  );
  const groups = (result.final.subgroups ?? []).map(({ group, level }) => `${group}: ${level}`);
  return {
    '12e': ifSaid(
      figures.length === 0 ? undefined : `${figures.map(([name]) => figureLabel(name)).join(', ')}.`,
      'result.json: final.evaluation',
    ),
    '14': ifSaid(
      groups.length === 0 ? undefined : `Subgroups were evaluated: ${groups.join('; ')}.`,
      'result.json: final.subgroups',
    ),
    '20a': ifSaid(flow.length === 0 ? undefined : `${flow.join('. ')}.`, 'result.json: hospitals[].rows'),
    '21': ifSaid(
      evaluation
        ? `Pooled test part: ${counted(evaluation.patients, 'patient')}, ${counted(evaluation.records, 'record')}` +
            `${evaluation.events === undefined ? '' : `, ${counted(evaluation.events, 'event')}`}.` +
            (privacy ? '' : ` Training: ${hospitals.map(({ id, samples }) => `${id} ${samples}`).join(', ')} records.`)
        : undefined,
      'result.json: final.evaluation, hospitals[].samples',
    ),
    '22': [
      answer(
        `Weights and preprocessing are in model.safetensors (weights sha256:${result.model.sha256}).`,
        'model.safetensors',
      ),
    ],
    '23a': [
      unpaid
        ? answer("Figures stay in the run's folder, since nobody paid for them.", 'result.json: final')
        : evaluation
          ? answer(
              `${figures.map(([name, figure]) => `${figureLabel(name)} ${figureText(figure)}`).join('; ')}. ` +
                `Intervals are at the level of ${100 * evaluation.level} %. Curves: report.html.`,
              'result.json: final.evaluation',
            )
          : answer(`${describeMetrics(result.final.metrics)}, without intervals.`, 'result.json: final.metrics'),
    ],
    '23b': ifSaid(
      each.length === 0 ? undefined : `${figureLabel(main!)} by hospital: ${each.join('; ')}.`,
      'result.json: hospitals[].evaluation',
    ),
    '24': [answer('The model was not updated.', 'audit')],
    '26': ifSaid(
      warnings.length === 0 || unpaid ? undefined : warnings.map(toldWarning).join(' '),
      'result.json: warnings',
    ),
  };
}

function preparation({ manifest: { preprocessing } }: CardSource): string {
  if (!preprocessing) return 'The scenario prepares its data itself; the run has no steps on record.';
  return preprocessing.all
    ? 'The same fitted steps at all hospitals; each step with its numbers is in preprocessing.json.'
    : 'Each hospital fitted its own steps; each step with its numbers is in preprocessing.json.';
}
