import type { Figure } from '@fedward/metrics-clinical';
import type { ChoiceResult, ValidationFold, ValidationResult } from '../validate/validation-result.js';

/** Of a table. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Names of figures that a table of folds shows where they are there, and what each is called. */
const shown: readonly (readonly [name: string, title: string])[] = [
  ['auroc', 'AUROC'],
  ['accuracy', 'accuracy'],
  ['cIndex', 'C index'],
  ['rmse', 'RMSE'],
  ['rSquared', 'R2'],
];

/** A validation's folds in a table, with intervals, and the words to it. */
export function validationText({ kind, folds, pooled, spread, words }: ValidationResult): TextTable & {
  readonly title: string;
  readonly sentences: readonly string[];
} {
  const figures = shown.filter(([name]) => folds.some(({ evaluation }) => evaluation?.figures[name]));
  const first = kind === 'kfold' ? 'tested on' : 'left out';
  const row = (name: string, evaluation: ValidationFold['evaluation'], trainedOn: string): string[] => [
    name,
    trainedOn,
    evaluation ? String(evaluation.records) : '-',
    ...figures.map(([figure]) => figureText(evaluation?.figures[figure])),
  ];
  const range = ([name]: (typeof shown)[number]): string => {
    const over = spread[name];
    if (!over) return '-';
    const deviation = over.standardDeviation === null ? '' : ` (SD ${three(over.standardDeviation)})`;
    return `${three(over.smallest)} to ${three(over.largest)}${deviation}`;
  };
  return {
    title: kind === 'kfold' ? `Validation in ${folds.length} folds by patient` : 'Validation, leaving one hospital out',
    head: [first, 'trained on', 'records', ...figures.map(([, title]) => title)],
    rows: [
      ...folds.map(({ name, evaluation, trainedOn }) =>
        row(name, evaluation, `${trainedOn.records} of ${trainedOn.hospitals}`),
      ),
      ...(pooled ? [row('all together', pooled, '')] : []),
      ['over folds', '', '', ...figures.map(range)],
    ],
    sentences: [
      ...folds.flatMap(({ name, failure }) => (failure === undefined ? [] : [`${name}: no figure: ${failure}`])),
      ...folds.flatMap(({ name, chosen }) => (chosen ? [`${name}: chosen ${settingsText(chosen)}`] : [])),
      ...words,
    ],
  };
}

/** A declared grid in a table, and what was chosen of it. */
export function choiceText({ score, table, chosen, words }: ChoiceResult): TextTable & {
  readonly title: string;
  readonly sentences: readonly string[];
} {
  return {
    title: `Chosen on training parts: ${settingsText(chosen)}`,
    head: ['settings', score],
    rows: table.map((row) => [
      settingsText(row.settings),
      row.score === null ? (row.failure ?? 'not defined') : row.score.toFixed(4),
    ]),
    sentences: words,
  };
}

/** Such as `training.optimizer.learningRate=0.05, rounds=20`. */
export function settingsText(settings: ChoiceResult['chosen']): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function figureText(figure: Figure | undefined): string {
  if (!figure || figure.value === null) return '-';
  const { value, interval } = figure;
  return interval ? `${three(value)} (${three(interval[0])} to ${three(interval[1])})` : three(value);
}

function three(value: number): string {
  return value.toFixed(3);
}
