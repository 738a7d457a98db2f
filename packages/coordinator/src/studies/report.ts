import type { RoundReport } from '@fedward/core';
import type { StudyResult } from './study-result.js';

/** A study's result, for people. */
export function reportText(result: StudyResult): string {
  const { name, study, planHash, rounds, sites, privacy, model, simulationOnly, done } = result;
  const released = rounds.filter(({ failure }) => !failure).length;
  const lines = [
    `${name} (study ${study})`,
    `plan ${planHash}`,
    `model sha256 ${model.sha256}`,
    `${released} of ${rounds.length} rounds released an update${done === null ? '' : `; it ended early: ${done}`}`,
    ...(simulationOnly ? ['SIMULATION ONLY: privacy noise came from a seed'] : []),
    '',
    'Hospitals',
    ...sites.map(
      ({ id, roundsTrained, standing, runsOn }) =>
        `  ${id}: ${roundsTrained} of ${rounds.length} rounds, ${standing}${runsOn === undefined ? '' : `, trained on ${runsOn}`}`,
    ),
    '',
    'Who was missing',
    ...missingLines(rounds),
    '',
    'Privacy',
    ...privacyLines(privacy),
  ];
  return `${lines.join('\n')}\n`;
}

function missingLines(rounds: readonly RoundReport[]): string[] {
  const lines = rounds.flatMap((report) => [
    ...(report.failure ? [`  round ${report.round}: nothing was released: ${report.failure.reason}`] : []),
    ...report.dropped.map(
      ({ id, code, reason }) => `  round ${report.round}: ${id}: ${code}: ${reason}${lostText(report)}`,
    ),
    ...report.leftOut.map(({ id, reason }) => `  round ${report.round}: ${id} was left out of the sum: ${reason}`),
  ]);
  return lines.length > 0 ? lines : ['  nobody, in any round'];
}

function lostText({ lost }: RoundReport): string {
  if (!lost) return '';
  return lost.share === null
    ? ' (how much weight the round lacks is not known)'
    : ` (the round lacks ${percent(lost.share)} of the weight)`;
}

/** An epsilon with all that it depends on, or what there is instead. */
function privacyLines(privacy: StudyResult['privacy']): string[] {
  if (!privacy) return ['  no mechanism with a price: what the model tells of single records is not bounded'];
  const { epsilon, delta, unit, adjacency, accountant, protects, assumptions, mechanisms } = privacy;
  const bound = epsilon === null ? 'no finite epsilon' : `epsilon ${Number(epsilon.toPrecision(4))} at delta ${delta}`;
  return [
    `  ${bound} for a ${unit} (${adjacency}), by ${mechanisms.join(', ')}, accountant ${accountant}, of ${protects}`,
    ...assumptions.map((words) => `  takes for granted: ${words}`),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
