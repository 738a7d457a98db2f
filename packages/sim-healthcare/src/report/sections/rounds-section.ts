import type { SimulationResult } from '../../run/result.js';
import { collectionText } from '../collection-text.js';
import { table, text } from '../html.js';
import type { Drawing } from '../plots/draw.js';
import { plotRounds } from '../plots/rounds.js';
import { completenessText, shareText } from '../participation-text.js';
import { shownOf } from '../shown-metrics.js';
import { warningBoxes, warningsAt } from './warnings.js';

/** What each round moved. */
export function roundsSection(result: SimulationResult, drawing: Drawing): string {
  const { rounds, done, warnings } = result;
  const others = warnings.filter(({ code }) => code !== 'HOSPITALS_MISSING'); // said with its table
  return `${warningsAt(others, 'rounds')}
${participationTable(result)}
${timeText(result)}
${done === undefined ? '' : `<p>Ended early: ${text(done)}</p>`}
<div class="plots">
${metricsPlot(result, drawing)}
${plotRounds(drawing, 'plot-loss', 'Loss by round', [
  { label: 'test loss', values: rounds.map(({ metrics }) => metrics['loss'] ?? null) },
  { label: 'training loss', values: rounds.map(({ trainLoss }) => trainLoss) },
])}
${plotRounds(drawing, 'plot-time', 'Simulated seconds at the end of each round', [
  { label: 'simulated seconds', values: rounds.map(({ simulatedSeconds = null }) => simulatedSeconds) },
])}
</div>`;
}

/** Whether every hospital was in all rounds that asked it, and if not, who was not. */
function participationTable(result: SimulationResult): string {
  const sentence = completenessText(result);
  if (sentence === undefined) return '';
  const { hospitals, complete } = result.participation!;
  if (complete) return `<p>${text(sentence)}</p>`;
  if (hospitals.length === 0) return warningBoxes([sentence]);
  const share = (value: number | null): string => (value === null ? 'not known' : shareText(value));
  return `${warningBoxes([sentence])}
${table({
  caption: 'Who took part in rounds',
  head: ['Hospital', 'Rounds', 'Missed', 'Last round', 'Weight lost'],
  rows: hospitals.map(({ id, rounds, missed, lastRound, weightShareLost }) => [
    id,
    String(rounds),
    String(missed),
    lastRound === null ? 'none' : String(lastRound + 1),
    share(weightShareLost),
  ]),
})}`;
}

/** How long it took by the simulated clock, and whose updates came late. */
function timeText({ rounds }: SimulationResult): string {
  const words = collectionText(rounds);
  return words.length === 0 ? '' : `<p>${words.map(text).join(' ')}</p>`;
}

/** Shares on an axis from 0 to 1, errors on one of their own. */
function metricsPlot({ rounds, final }: SimulationResult, drawing: Drawing): string {
  const shown = shownOf(final.metrics);
  const shares = shown.some(({ share }) => share);
  const series = shown
    .filter(({ key, share }) => share === shares && key !== 'rSquared')
    .map(({ key, label }) => ({ label, values: rounds.map(({ metrics }) => metrics[key] ?? null) }));
  return plotRounds(drawing, 'plot-metrics', 'Test metrics by round', series, shares ? [0, 1] : undefined);
}
