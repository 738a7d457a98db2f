import type { SimulationResult } from '../run/result.js';
import { section, text, type Section } from './html.js';
import { loadDrawing } from './plots/draw.js';
import { curvesSection } from './sections/curves-section.js';
import { dataSection } from './sections/data-section.js';
import { firstPage } from './sections/first-page.js';
import { hospitalsSection } from './sections/hospitals-section.js';
import { privacySection } from './sections/privacy-section.js';
import { reachSection } from './sections/reach-section.js';
import { roundsSection } from './sections/rounds-section.js';
import { auditSection, runSection } from './sections/run-section.js';
import { subgroupsSection } from './sections/subgroups-section.js';
import { validationSection } from './sections/validation-section.js';
import { style } from './style.js';

/**
 * A run as one HTML page that needs nothing else: no script, no network. First what a clinician asks, then what a
 * statistician does, then what a reviewer needs to repeat it (docs/report.md). The same result gives the same page.
 */
export async function renderReport(result: SimulationResult): Promise<string> {
  const drawing = await loadDrawing();
  const sections: Section[] = [
    ...firstPage(result, drawing),
    { id: 'validation', heading: 'Validation', body: validationSection(result, drawing) },
    { id: 'hospitals', heading: 'Hospitals', body: hospitalsSection(result, drawing) },
    { id: 'subgroups', heading: 'Groups of patients', body: subgroupsSection(result, drawing) },
    { id: 'figures', heading: 'Figures and curves', body: curvesSection(result, drawing) },
    { id: 'rounds', heading: 'Rounds', body: roundsSection(result, drawing) },
    { id: 'reach', heading: 'How far one hospital can move the model', body: reachSection(result) },
    { id: 'privacy', heading: 'Privacy', body: privacySection(result, drawing) },
    { id: 'data', heading: 'Data', body: dataSection(result) },
    { id: 'settings', heading: 'Settings and digests', body: runSection(result) },
    { id: 'audit', heading: 'Audit', body: auditSection(result) },
  ].filter(({ body }) => body !== '');
  return page(result, sections);
}

function page(
  { runId, scenario, nonce, simulationOnly, privacy }: SimulationResult,
  sections: readonly Section[],
): string {
  const seeded = privacy ? 'the privacy noise' : 'what should be secret';
  const contents = sections.map(({ id, heading }) => `<li><a href="#${id}">${text(heading)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="nonce" content="${text(nonce)}">
<title>fedward: ${text(runId)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
<h1>${text(scenario)}: ${text(runId)}</h1>
${simulationOnly ? `<p class="warning">Simulation only: ${seeded} came from a seed and protects nobody.</p>` : ''}
</header>
<nav aria-label="Contents"><ul>${contents.join('\n')}</ul></nav>
<main id="content" tabindex="-1">
${sections.map(section).join('\n')}
</main>
</body>
</html>
`;
}
