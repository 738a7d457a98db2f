import type { SimulationResult } from '../../run/result.js';
import { counted } from '../counted.js';
import { list, text, type Section } from '../html.js';
import type { Drawing } from '../plots/draw.js';
import { cohortFlow } from './cohort-flow.js';
import { calibrationPlot } from './curves-section.js';
import { limitsText } from './limits-text.js';
import { privacyCost } from './privacy-section.js';
import { headline } from './result-section.js';
import { validationSentence } from './validation-section.js';
import { placeOf, warningBoxes, warningsAt, type Place } from './warnings.js';

/** Warnings of which more are folded up, since whoever sees twenty reads none. */
const mostWarnings = 6;

/** Question, patients, result, price and limits, in the order in which a reader asks for them. */
export function firstPage(result: SimulationResult, drawing: Drawing): Section[] {
  return [
    { id: 'question', heading: 'The question', body: question(result) },
    { id: 'cohort', heading: 'Patients', body: cohortFlow(result) },
    {
      id: 'result',
      heading: 'Result',
      body: `${allWarnings(result)}
${headline(result)}
${validated(result)}
${warningsAt(result.warnings, 'calibration')}
${calibrationPlot(result, drawing)}`,
    },
    {
      id: 'cost',
      heading: 'What it cost in privacy',
      body: `${privacyCost(result)}\n<p><a href="#privacy">More on privacy</a></p>`,
    },
    { id: 'limits', heading: 'What it can’t say', body: list(limitsText(result)) },
  ];
}

/** Beside the result of one division, what more careful ones say of models that were made the same way. */
function validated(result: SimulationResult): string {
  const sentence = validationSentence(result);
  return sentence === undefined ? '' : `<p>${text(sentence)} <a href="#validation">More on the validation</a></p>`;
}

function question({ about, scenario, hospitals }: SimulationResult): string {
  const titles = [...new Set(hospitals.flatMap(({ sheet }) => sheet?.title ?? []))];
  const data = titles.length > 0 ? ` Data: ${titles.join('; ')}.` : '';
  return `<p>${about?.question === undefined ? `No question was declared; the scenario is ${text(scenario)}.${text(data)}` : text(about.question)}</p>
<p>Intended use: ${about?.intendedUse === undefined ? 'not declared.' : text(about.intendedUse)}</p>`;
}

/** In which order warnings are read; calibration's own stand beside its picture. */
const order: readonly Place[] = ['result', 'hospitals', 'subgroups', 'rounds', 'data'];

function allWarnings({ warnings }: SimulationResult): string {
  const messages = order.flatMap((place) =>
    warnings.filter((warning) => placeOf(warning) === place).map(({ message }) => message),
  );
  const more = messages.slice(mostWarnings);
  return `${warningBoxes(messages.slice(0, mostWarnings))}
${more.length > 0 ? `<details><summary>${counted(more.length, 'more warning')}</summary>${warningBoxes(more)}</details>` : ''}`;
}
