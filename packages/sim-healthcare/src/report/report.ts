import type { SimulationResult } from '../run/result.js';
import { plotRounds } from './plot.js';

/** A run as one HTML page that needs nothing else. */
export function renderReport(result: SimulationResult): string {
  const { rounds, audit, timing } = result;
  const metric = (name: string) => rounds.map(({ metrics }) => metrics[name] ?? null);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>fedward: ${text(result.runId)}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
  table { border-collapse: collapse } th, td { border: 1px solid #ccc; padding: .3rem .7rem; text-align: left }
  .warning { background: #fff3cd; padding: .6rem 1rem } code { overflow-wrap: anywhere }
</style>
<h1>${text(result.scenario)}: ${text(result.runId)}</h1>
${result.simulationOnly ? '<p class="warning">Simulation only: the privacy noise came from a seed and protects nobody.</p>' : ''}
<h2>Accuracy</h2>
${plotRounds(
  'accuracy by round',
  [
    { label: 'accuracy', color: '#1f6feb', values: metric('accuracy') },
    { label: 'AUROC', color: '#d1651b', values: metric('auroc') },
  ],
  [0, 1],
)}
<h2>Loss</h2>
${plotRounds('loss by round', [
  { label: 'test loss', color: '#1f6feb', values: metric('loss') },
  { label: 'training loss', color: '#d1651b', values: rounds.map(({ trainLoss }) => trainLoss) },
])}
<h2>Privacy</h2>
${privacySection(result)}
<h2>Hospitals</h2>
${hospitalsSection(result)}
<h2>Audit</h2>
<p>${audit.events} events, ${audit.hospitals} hospitals, ${audit.trainingEvents} training events;
the log ${audit.verified ? 'verified' : '<strong>did not verify</strong>'}. Root <code>${text(audit.root)}</code>.</p>
<h2>Run</h2>
${table(
  ['what', 'value'],
  [
    ['plan', result.planHash],
    ['seed', String(result.seed)],
    ['model', `${result.model.name}, ${result.model.parameters} parameters, sha256:${result.model.sha256}`],
    ['aggregator', result.aggregator],
    ['trainer', result.trainer],
    ['time', `${timing.totalSeconds.toFixed(1)} s, ${timing.trainSeconds.toFixed(1)} s of it training`],
  ],
)}
</html>
`;
}

function privacySection({ privacy, rounds }: SimulationResult): string {
  if (!privacy) return '<p>None. Models and losses left the hospitals as they are.</p>';
  const epsilon = privacy.epsilon === null ? 'no finite epsilon' : `epsilon ${privacy.epsilon.toPrecision(4)}`;
  const items = [
    ...privacy.claims.map((claim) => `It claims epsilon ${claim.epsilon} at delta ${claim.delta}: ${claim.note}`),
    ...privacy.assumptions.map((assumption) => `Assumes: ${assumption}`),
    `Withheld: ${privacy.withheld.join(', ')}`,
  ];
  return `<p>${text(privacy.mechanism)} spent <strong>${epsilon}</strong> at delta ${privacy.delta} of each hospital's
data. Unit: ${privacy.unit}; adjacency: ${privacy.adjacency}; accountant: ${text(privacy.accountant)}.</p>
<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>
${plotRounds('epsilon by round', [{ label: 'epsilon', color: '#1f6feb', values: rounds.map((r) => r.epsilon) }])}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}

function percent(fraction: number | undefined): string {
  return fraction === undefined ? '-' : `${(100 * fraction).toFixed(1)}%`;
}

/** Ids come from data and config: nothing of them may become markup. */
function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function hospitalsSection({ hospitals, population, final }: SimulationResult): string {
  if (!population.tabulated) return `<p>${population.hospitals} hospitals, too many for a table of each.</p>`;
  const rows = hospitals.map(({ id, samples, localMetrics, globalMetrics }) => [
    id,
    String(samples),
    percent(localMetrics?.['accuracy']),
    percent(globalMetrics['accuracy']),
  ]);
  return `${table(['Hospital', 'Samples', 'Local accuracy', 'Global accuracy'], rows)}
<p>Local: trained alone, without noise, since nothing then leaves the hospital. Global: the federation's model.
Both on the hospital's own test part; the pooled test part gives ${percent(final.metrics['accuracy'])}.</p>`;
}
