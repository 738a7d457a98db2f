import type { SimulationResult } from '../../run/result.js';
import { collectionText } from '../collection-text.js';
import { text } from '../html.js';
import type { Drawing } from '../plots/draw.js';
import { plotRounds } from '../plots/rounds.js';
import { shownOf } from '../shown-metrics.js';
import { warningsAt } from './warnings.js';

/** What each round moved. */
export function roundsSection(result: SimulationResult, drawing: Drawing): string {
  const { rounds, done, warnings } = result;
  return `${warningsAt(warnings, 'rounds')}
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
