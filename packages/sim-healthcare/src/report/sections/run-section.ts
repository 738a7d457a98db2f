import type { SimulationResult } from '../../run/result.js';
import { bytesText } from '../bytes-text.js';
import { checkText } from '../check-text.js';
import { counted } from '../counted.js';
import { evidenceText } from '../evidence-text.js';
import { table, text } from '../html.js';

/** What the result hangs on, by digest, for whoever repeats it. */
export function runSection(result: SimulationResult): string {
  const { planHash, seed, model, aggregator, compression, trainer, timing, settings, runId, scenario } = result;
  const bytes = bytesText(result);
  const training = Object.entries(settings?.training ?? {}).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[`training: ${key}`, typeof value === 'string' ? value : JSON.stringify(value)]],
  );
  return `<div class="long">${table({
    caption: 'What the result hangs on',
    head: ['What', 'Value'],
    rows: [
      ['run', runId],
      ['scenario', scenario],
      ['plan', planHash],
      ['seed', String(seed)],
      ['model', `${model.name}, ${model.parameters} parameters, sha256:${model.sha256}`],
      ['aggregator', aggregator],
      ['trainer', trainer],
      ...(compression === undefined ? [] : [['compression', compression]]),
      ...(settings ? [['rounds', String(settings.rounds)], ...training] : []),
      ...(bytes === undefined ? [] : [['bytes', bytes]]),
      ['time', `${timing.totalSeconds.toFixed(1)} s, ${timing.trainSeconds.toFixed(1)} s of it training`],
    ],
  })}</div>`;
}

export function auditSection({ audit, check }: SimulationResult): string {
  const checked = checkText({ ...(check && { check }) });
  const evidence = evidenceText({ audit });
  return `<p>${counted(audit.events, 'event')}, ${counted(audit.hospitals, 'hospital')}, ${counted(audit.trainingEvents, 'training event')};
${audit.logs === undefined || audit.logs === 1 ? 'the log' : 'the logs'} ${audit.verified ? 'verified' : '<strong>did not verify</strong>'}. Root ${audit.entries === undefined ? 'of these' : "of the server's"} <code>${text(audit.root)}</code>.
${evidence === undefined ? '' : `${text(evidence)}.\n`}One more event binds the files of this run, this page among them: <code>fedward audit verify</code> prints the root of all.</p>${checked === undefined ? '' : `\n<p>${text(checked)}.</p>`}`;
}
