import type { Report } from '../run.js';
import { tablesOf } from './tables.js';

/** A report as people read it. */
export function renderMarkdown({ name, description, quick, environment, findings, ...when }: Report): string {
  const { cpu, cores, memory, os, loadBefore, versions } = environment;
  const { plots = [], notes, skipped } = findings;
  const lines = [
    `# ${name}`,
    `${description[0]!.toUpperCase()}${description.slice(1)}.`,
    ...(quick ? ['**Run with `--quick`: sizes are cut down, and nothing here is to be quoted.**'] : []),
    ...tablesOf(findings).map(
      ({ title, columns, rows }) =>
        `## ${title}\n\n${[columns, columns.map(() => '---'), ...rows].map(row).join('\n')}`,
    ),
    ...plots.map(({ title, name: part }) => `![${title}](${plotFile(name, part)})`),
    ...(skipped.length > 0 ? [`## Skipped\n\n${skipped.map((what) => `- ${what}`).join('\n')}`] : []),
    `## What was measured\n\n${notes.map((note) => `- ${note}`).join('\n')}`,
    [
      '## Machine',
      '',
      `- ${cpu}, ${cores} cores, ${(memory / 1e9).toFixed(1)} GB of memory, ${os}`,
      `- load before: ${loadBefore.toFixed(2)}${loadBefore > cores / 2 ? ' (**busy: take the figures with care**)' : ''}`,
      `- ${Object.entries(versions)
        .map(([program, version]) => `${program} ${version}`)
        .join(', ')}`,
      `- ${when.startedAt}, ${when.pairs} pairs, ${when.seconds.toFixed(0)} s in all`,
    ].join('\n'),
  ];
  return lines.join('\n\n') + '\n';
}

/** The file of one of a benchmark's plots, beside its Markdown. */
export function plotFile(benchmark: string, plot: string): string {
  return `${benchmark}-${plot}.svg`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
