import type { SimulationResult } from '../run/result.js';
import { counted } from './counted.js';
import { exposureText } from './exposure-text.js';
import { hospitalTable } from './hospital-table.js';
import { labelNoiseText } from './label-noise-text.js';
import { ledgersText } from './ledgers-text.js';
import { noiseSettings, plainWords } from './plain-words.js';
import { maskedText } from './masked-text.js';
import { plotRounds } from './plot.js';
import { roundedUp } from './rounded-up.js';
import { aboutData, filesText, missingText } from './sheet-text.js';
import { describeMetrics, shownOf } from './shown-metrics.js';
import { visible } from './visible.js';

/** A run as one HTML page that needs nothing else. */
export function renderReport(result: SimulationResult): string {
  const { rounds, audit, timing } = result;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="nonce" content="${text(result.nonce)}">
<title>fedward: ${text(result.runId)}</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
  table { border-collapse: collapse } th, td { border: 1px solid #ccc; padding: .3rem .7rem; text-align: left }
  .warning { background: #fff3cd; padding: .6rem 1rem } code { overflow-wrap: anywhere }
</style>
<h1>${text(result.scenario)}: ${text(result.runId)}</h1>
${result.simulationOnly ? `<p class="warning">Simulation only: ${result.privacy ? 'the privacy noise' : 'what should be secret'} came from a seed and protects nobody.</p>` : ''}
<h2>Test part</h2>
<p>${text(describeMetrics(result.final.metrics))}.</p>
${result.warnings.map(({ message }) => `<p class="warning">${text(message)}</p>`).join('\n')}
${metricsPlot(result)}
<h2>Loss</h2>
${plotRounds('loss by round', [
  { label: 'test loss', color: '#1f6feb', values: rounds.map(({ metrics }) => metrics['loss'] ?? null) },
  { label: 'training loss', color: '#d1651b', values: rounds.map(({ trainLoss }) => trainLoss) },
])}
<h2>Privacy</h2>
${privacySection(result)}
${maskedSection(result)}
<h2>Hospitals</h2>
${hospitalsSection(result)}
<h2>Data</h2>
${dataSection(result)}
<h2>Audit</h2>
<p>${counted(audit.events, 'event')}, ${counted(audit.hospitals, 'hospital')}, ${counted(audit.trainingEvents, 'training event')};
the log ${audit.verified ? 'verified' : '<strong>did not verify</strong>'}. Root of these <code>${text(audit.root)}</code>.
One more event binds the files of this run, this page among them: <code>fedward audit verify</code> prints the root of all.</p>
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

/** Shares on an axis from 0 to 1, errors on one of their own. */
function metricsPlot({ rounds, final }: SimulationResult): string {
  const shown = shownOf(final.metrics);
  const shares = shown.some(({ share }) => share);
  const series = shown
    .filter(({ key, share }) => share === shares && key !== 'rSquared')
    .map(({ key, label }, i) => ({
      label,
      color: i === 0 ? '#1f6feb' : '#d1651b',
      values: rounds.map(({ metrics }) => metrics[key] ?? null),
    }));
  return plotRounds('test metrics by round', series, shares ? [0, 1] : undefined);
}

function privacySection({ privacy, rounds, secureAggregation }: SimulationResult): string {
  if (!privacy)
    return secureAggregation
      ? '<p>No epsilon. Nothing bounds what the sums over hospitals tell of their patients.</p>'
      : '<p>None. Models and losses left the hospitals as they are.</p>';
  const epsilon = privacy.epsilon === null ? 'no finite epsilon' : `epsilon ${roundedUp(privacy.epsilon)}`;
  const exposure = exposureText(privacy);
  const items = [
    ...(exposure === undefined ? [] : [exposure]),
    ...ledgersText(privacy),
    ...privacy.claims.map((claim) => `It claims epsilon ${claim.epsilon} at delta ${claim.delta}: ${claim.note}`),
    ...privacy.assumptions.map((assumption) => `Assumes: ${assumption}`),
    `Withheld: ${privacy.withheld.join(', ')}`,
    `Released, and not in the epsilon: ${privacy.released.join('; ')}`,
    `Shown by the simulation, released by nobody and covered by no epsilon: ${privacy.notReleased.join('; ')}`,
  ];
  return `<p>${text(privacy.mechanism)} spent <strong>${epsilon}</strong> at delta ${privacy.delta} of each hospital's
data. Unit: ${privacy.unit}; adjacency: ${privacy.adjacency}; accountant: ${text(privacy.accountant)}.</p>
<h3>In plain words</h3>
${plainWords(privacy)
  .map((words) => `<p>${text(words)}</p>`)
  .join('\n')}
<h3>What it rests on</h3>
${table(['setting', 'value'], noiseSettings(privacy))}
<ul>${items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>
${plotRounds('epsilon by round', [{ label: 'epsilon', color: '#1f6feb', values: rounds.map((r) => r.epsilon) }])}`;
}

function maskedSection({ secureAggregation }: SimulationResult): string {
  if (!secureAggregation) return '';
  const { sentences, head, rows } = maskedText(secureAggregation);
  return `<h2>Secure aggregation</h2>
${sentences.map((sentence) => `<p>${text(sentence)}</p>`).join('\n')}
${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}

/** Ids come from data and config: nothing of them may become markup, or turn the direction of what is around it. */
function text(value: string): string {
  return visible(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function dataSection({ hospitals, notices = [] }: SimulationResult): string {
  const known = hospitals.flatMap(({ id, rows, sheet }) => (rows ? [{ id, rows, sheet }] : []));
  const noticed = notices.map((notice) => `<p class="warning">${text(notice)}</p>`).join('\n');
  if (known.length === 0) return noticed;
  const about = aboutData(hospitals).map((words) => `<p>${text(words)}</p>`);
  return `${noticed}
${about.join('\n')}
${table(
  ['Hospital', 'Rows read', 'Used', 'Left out', 'Rows without a value', 'Files'],
  known.map(({ id, rows, sheet }) => [
    id,
    String(rows.read),
    String(rows.used),
    rows.dropped.map(({ reason, rows: n }) => `${n} with ${reason}`).join(', '),
    sheet ? missingText(sheet) : '',
    sheet ? filesText(sheet) : '',
  ]),
)}`;
}

function hospitalsSection({ hospitals, population, final, privacy }: SimulationResult): string {
  if (!population.tabulated) return `<p>${population.hospitals} hospitals, too many for a table of each.</p>`;
  const { head, rows } = hospitalTable(hospitals, final.metrics);
  return `${table(head, rows)}
${hospitals
  .flatMap(({ localFailure }) => (localFailure === undefined ? [] : [`<p>No local figure: ${text(localFailure)}</p>`]))
  .join('\n')}
<p>Local: trained alone${privacy ? ', clipped as in the federation and without noise, since nothing then leaves the hospital' : ''}. Global: the federation's model.
Both on the hospital's own test part; the pooled test part gives ${text(describeMetrics(final.metrics))}.</p>
${labelNoiseText(hospitals)
  .map((words) => `<p>${text(words)}</p>`)
  .join('\n')}`;
}
