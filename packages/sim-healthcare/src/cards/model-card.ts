import { completenessText } from '../report/participation-text.js';
import { counted } from '../report/counted.js';
import { textBlock, warningBlock, type CardBlock, type CardSection, type ModelCard } from './card.js';
import { data, privacy } from './data-sections.js';
import { factors, metrics, notPaidFor } from './figure-sections.js';
import { aboutOf, inputsOf, isUnpaid, labelText, outputText, trainingText, type CardSource } from './study.js';
import { toldWarning } from './told-warning.js';

/**
 * The model card of a run: only what the run knows, and what its plan declares. It claims no fitness for any use and
 * agreement with no law.
 *
 * Sections follow Mitchell et al. 2019, Model Cards for Model Reporting (FAT* 2019), section 4.
 */
export function modelCardOf(source: CardSource): ModelCard {
  const { result, manifest } = source;
  return {
    cardVersion: 1,
    title: `Model card: ${manifest.title}`,
    runId: result.runId,
    planHash: result.planHash,
    nonce: result.nonce,
    sections: [
      details(source),
      intendedUse(source),
      factors(source),
      metrics(source),
      data(source),
      privacy(source),
      caveats(source),
      howToUse(),
    ],
    evaluation: manifest.evaluation,
  };
}

function details({ result, plan, manifest }: CardSource): CardSection {
  const { model } = result;
  const rows = [
    ['predicts', labelText(manifest)],
    ['gives', outputText(manifest)],
    ['model', `${model.name}, ${counted(model.parameters, 'parameter')}, loss ${plan.model.loss}`],
    ['inputs', inputsOf(manifest)],
    [
      'trained',
      `${trainingText(plan)}; trainer ${result.trainer}; aggregator ${result.aggregator}; seed ${result.seed}`,
    ],
    ['software', manifest.software],
    ['run', result.runId],
    ['plan', result.planHash],
    ['weights', `sha256:${model.sha256}`],
  ];
  return {
    heading: 'Model details',
    blocks: [{ kind: 'table', caption: 'What the model is', head: ['what', 'value'], rows }],
  };
}

function intendedUse(source: CardSource): CardSection {
  const { question, intendedUse, outOfScope } = aboutOf(source);
  const declared = (what: string, words: string | undefined): CardBlock =>
    words === undefined
      ? warningBlock(`${what}: needs a person. The plan declares nothing (about, approved with the rest of it).`)
      : textBlock(`${what}: ${words}`);
  return {
    heading: 'Intended use',
    blocks: [
      declared('Question', question),
      declared('Intended use', intendedUse),
      declared('Out of scope', outOfScope),
      textBlock('These are the words of whoever planned the run; nothing here was checked against them.'),
    ],
  };
}

function caveats(source: CardSource): CardSection {
  const { result } = source;
  return {
    heading: 'Ethical considerations and caveats',
    blocks: [
      ...completeness(result),
      ...(isUnpaid(source)
        ? [notPaidFor()]
        : result.warnings.flatMap((warning) =>
            warning.code === 'HOSPITALS_MISSING' ? [] : [warningBlock(toldWarning(warning))],
          )),
      textBlock(
        'Before anyone is treated by it: an evaluation at the place of use, by people who answer for it. This card is no ' +
          'such evaluation, and no statement that any law or norm is met. What harm a wrong prediction does, and to whom, ' +
          'needs a person.',
      ),
    ],
  };
}

/** Who took part is no figure of patients: it is told whatever was paid for. The warning of it would only repeat it. */
function completeness(result: CardSource['result']): CardBlock[] {
  const sentence = completenessText(result);
  if (sentence === undefined) return [];
  return [result.participation!.complete ? textBlock(sentence) : warningBlock(sentence)];
}

function howToUse(): CardSection {
  return {
    heading: 'How to use it',
    blocks: [
      textBlock('RUN is the folder of the run, which holds this card.'),
      {
        kind: 'commands',
        lines: [
          'fedward model show RUN',
          'fedward model predict RUN patients.csv --out predictions.csv',
          'fedward model evaluate RUN patients.csv',
          'fedward model export RUN --format onnx',
          'fedward audit verify RUN',
        ],
      },
    ],
  };
}
