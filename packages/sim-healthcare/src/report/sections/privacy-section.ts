import type { SimulationResult } from '../../run/result.js';
import { exposureText } from '../exposure-text.js';
import { list, paragraphs, table, text } from '../html.js';
import { ledgersText } from '../ledgers-text.js';
import { maskedText } from '../masked-text.js';
import { noiseSettings, plainWords } from '../plain-words.js';
import { plotRounds } from '../plots/rounds.js';
import type { Drawing } from '../plots/draw.js';
import { roundedUp } from '../rounded-up.js';

/** What was spent, with all that an epsilon depends on: never one without the other. */
export function privacyCost({ privacy, secureAggregation }: SimulationResult): string {
  if (!privacy)
    return secureAggregation
      ? '<p>No epsilon. Nothing bounds what the sums over hospitals tell of their patients.</p>'
      : '<p>No differential privacy, and no epsilon: models and losses left the hospitals as they are, and nothing bounds what they tell of patients.</p>';
  const epsilon = privacy.epsilon === null ? 'no finite epsilon' : `epsilon ${roundedUp(privacy.epsilon)}`;
  const exposure = exposureText(privacy);
  return `<p>${text(privacy.mechanism)} spent <strong>${epsilon}</strong> at delta ${privacy.delta} of each hospital's
data. Unit: ${privacy.unit}; adjacency: ${privacy.adjacency}; accountant: ${text(privacy.accountant)}.</p>
${exposure === undefined ? '' : `<p>${text(exposure)}</p>`}`;
}

export function privacySection(result: SimulationResult, drawing: Drawing): string {
  const { privacy, rounds } = result;
  if (!privacy) return privacyCost(result) + maskedSection(result);
  const items = [
    ...ledgersText(privacy),
    ...privacy.claims.map((claim) => `It claims epsilon ${claim.epsilon} at delta ${claim.delta}: ${claim.note}`),
    ...privacy.assumptions.map((assumption) => `Assumes: ${assumption}`),
    `Withheld: ${privacy.withheld.join(', ')}`,
    `Released, and not in the epsilon: ${privacy.released.join('; ')}`,
    `Shown by the simulation, released by nobody and covered by no epsilon: ${privacy.notReleased.join('; ')}`,
  ];
  return `${privacyCost(result)}
<h3>In plain words</h3>
${paragraphs(plainWords(privacy))}
<h3>What it rests on</h3>
${list(items)}
${table({ caption: 'Settings that the epsilon follows from', head: ['Setting', 'Value'], rows: noiseSettings(privacy) })}
${plotRounds(drawing, 'plot-epsilon', 'Epsilon by round', [{ label: 'epsilon', values: rounds.map((r) => r.epsilon) }])}
${maskedSection(result)}`;
}

function maskedSection({ secureAggregation }: SimulationResult): string {
  if (!secureAggregation) return '';
  const { sentences, head, rows } = maskedText(secureAggregation);
  return `<h3>Secure aggregation</h3>
${paragraphs(sentences)}
${table({ caption: 'Stages of secure aggregation', head, rows })}`;
}
