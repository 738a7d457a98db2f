import type { Evaluation } from '@fedward/metrics-clinical';
import type { SimulationResult } from '../../run/result.js';
import { counted } from '../counted.js';
import type { FigureSpread, ValidationResult } from '../../validate/validation-result.js';
import { figureText, leadingFigure, namedIn, type NamedFigure } from '../figure-names.js';
import { list, paragraphs, table, text } from '../html.js';
import type { Drawing } from '../plots/draw.js';
import { plotForest } from '../plots/forest.js';
import { choiceText, settingsText } from '../validation-text.js';
import { calibrationText } from './calibration-text.js';
import { testedText } from './result-section.js';

/** Beside the leading figure, where folds have them. */
const others = ['accuracy', 'sensitivity', 'specificity', 'calibrationSlope', 'mae', 'rSquared', 'unoC'] as const;

/** What models that were made the same way reach on records that they had not seen, and what was chosen; '' without both. */
export function validationSection({ validation, choice }: SimulationResult, drawing: Drawing): string {
  return `${validation ? foldsPart(validation, drawing) : ''}${choice ? choicePart(choice) : ''}`;
}

/** One sentence for the first page, with the figure of all folds; undefined without a validation. */
export function validationSentence({ validation }: SimulationResult): string | undefined {
  if (!validation) return undefined;
  const { kind, folds, pooled } = validation;
  const how =
    kind === 'kfold'
      ? `Validated in ${folds.length} folds by patient`
      : 'Validated by leaving out one hospital after the other, which is what a new hospital would get';
  const named = pooled && leadingFigure(pooled.task, pooled.figures);
  if (!pooled || !named) return `${how}: the figures of each are below.`;
  const all = figureText(pooled.figures[named.key], named);
  return `${how}: ${named.label} ${all} of all together. ${testedText(pooled)}`;
}

function foldsPart(validation: ValidationResult, drawing: Drawing): string {
  const { kind, folds, pooled, spread, words, byHospital } = validation;
  const any = pooled ?? folds.find(({ evaluation }) => evaluation)?.evaluation;
  const named = any && leadingFigure(any.task, any.figures);
  const troubles = folds.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`${name}: no figure: ${failure}`],
  );
  const chosen = folds.flatMap((fold) => (fold.chosen ? [`${fold.name}: chosen ${settingsText(fold.chosen)}`] : []));
  const calibration = pooled ? calibrationText(pooled) : undefined;
  return `<h3>${kind === 'kfold' ? `In ${folds.length} folds by patient` : 'Leaving one hospital out'}</h3>
${paragraphs([...(pooled && named ? [pooledSentence(pooled, named)] : []), ...(calibration === undefined ? [] : [calibration])])}
${any && named ? foldFigures(validation, any, named, drawing) : ''}
${named && spread[named.key] ? `<p>${text(spreadSentence(spread[named.key]!, named, kind))}</p>` : ''}
${any && named && byHospital ? hospitalFigures(byHospital, any, named) : ''}
${list([...troubles, ...chosen, ...words])}`;
}

function pooledSentence(pooled: Evaluation, named: NamedFigure): string {
  return `All predictions together, each of a model that had not seen the record: ${named.label} ${figureText(pooled.figures[named.key], named)}. ${testedText(pooled)}`;
}

function foldFigures(
  { kind, folds, pooled }: ValidationResult,
  any: Evaluation,
  named: NamedFigure,
  drawing: Drawing,
): string {
  const range = `${Math.round(100 * any.level)} % interval`;
  const first = kind === 'kfold' ? 'Tested on' : 'Left out, and tested on';
  const shown = namedIn(any.figures).filter(({ key }) => key !== named.key && others.some((other) => other === key));
  const counts = any.events !== undefined;
  const row = (name: string, trained: string, evaluation: Evaluation | null): string[] => [
    name,
    trained,
    evaluation ? String(evaluation.patients) : '-',
    ...(counts ? [evaluation?.events === undefined ? '-' : String(evaluation.events)] : []),
    ...[named, ...shown].map((figure) => figureText(evaluation?.figures[figure.key], figure)),
  ];
  return `${plotForest(drawing, {
    id: 'plot-validation',
    title: `${named.label} in validation`,
    description: `A model for each row, on records that it had not seen, with ${range}s.${pooled?.figures[named.key]?.value ? ' Dotted: all together.' : ''}`,
    series: ['model of the others'],
    named,
    guide: pooled?.figures[named.key]?.value ?? undefined,
    rows: folds.map(({ name, evaluation }) => ({ name, estimates: [evaluation?.figures[named.key]] })),
  })}
${table({
  caption: `Validation: figures on records that took no part, with ${range}`,
  head: [
    first,
    'Trained on',
    'Test patients',
    ...(counts ? ['Events'] : []),
    ...[named, ...shown].map(({ label }) => label),
  ],
  rows: [
    ...folds.map(({ name, trainedOn: { records, hospitals }, evaluation }) =>
      row(name, `${counted(records, 'record')} of ${counted(hospitals, 'hospital')}`, evaluation),
    ),
    ...(pooled ? [row('all together', '', pooled)] : []),
  ],
})}`;
}

function spreadSentence(
  { folds, mean, smallest, largest, standardDeviation }: FigureSpread,
  { label, write }: NamedFigure,
  kind: ValidationResult['kind'],
): string {
  const over = kind === 'kfold' ? 'folds' : 'hospitals';
  const deviation = standardDeviation === null ? '' : `, standard deviation ${write(standardDeviation)}`;
  return (
    `Over ${folds} ${over} ${label} goes from ${write(smallest)} to ${write(largest)}: mean ${write(mean)}${deviation}. ` +
    'That is no standard error: the models share most of their training records.'
  );
}

function hospitalFigures(
  byHospital: NonNullable<ValidationResult['byHospital']>,
  any: Evaluation,
  named: NamedFigure,
): string {
  return table({
    caption: `Validation by hospital: ${named.label} with ${Math.round(100 * any.level)} % interval`,
    head: ['Hospital', 'Test patients', named.label],
    rows: byHospital.map(({ hospital, evaluation }) => [
      hospital,
      evaluation ? String(evaluation.patients) : '-',
      figureText(evaluation?.figures[named.key], named),
    ]),
  });
}

function choicePart(choice: NonNullable<SimulationResult['choice']>): string {
  const { title, head, rows, sentences } = choiceText(choice);
  return `<h3>Settings that were chosen</h3>
<p>${text(title)}.</p>
${table({ caption: `Settings that were tried, and their score (${choice.better} is better)`, head, rows })}
${paragraphs(sentences)}`;
}
