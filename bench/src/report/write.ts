import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import { pairedRatios, summarise } from '../measure/statistics.js';
import type { Report } from '../run.js';
import { plotFile, renderMarkdown } from './markdown.js';

/** A report as `<name>.json` holds it: every sample, with the summaries worked out. */
export function toJson({ findings, ...report }: Report) {
  const { measurements, comparisons, tables = [], plots = [], notes, skipped } = findings;
  return {
    schemaVersion: 1 as const,
    ...report,
    comparisons: comparisons.map(({ what, numerator, denominator }) => {
      const ratios = pairedRatios(numerator.samples, denominator.samples);
      const [a, b] = [numerator, denominator].map(({ program, unit }) => ({ program, unit }));
      return { what, numerator: a, denominator: b, ratio: summarise(ratios), ratios };
    }),
    measurements: measurements.map((measurement) => ({ ...measurement, summary: summarise(measurement.samples) })),
    tables,
    plots: plots.map(({ title, name }) => ({ title, file: plotFile(report.name, name) })),
    notes,
    skipped,
  };
}

/**
 * Writes `<name>.json`, `<name>.md` and the plots into a folder, which is made.
 * @returns the paths
 * @throws {FedwardError} STORAGE_FAILED
 */
export async function writeReport(folder: string, report: Report): Promise<readonly string[]> {
  const { name, findings } = report;
  const files = [
    [`${name}.md`, renderMarkdown(report)],
    [`${name}.json`, JSON.stringify(toJson(report), null, 2) + '\n'],
    ...(findings.plots ?? []).map((plot) => [plotFile(name, plot.name), plot.svg]),
  ] as [file: string, text: string][];
  try {
    await mkdir(folder, { recursive: true });
    for (const [file, text] of files) await writeFile(join(folder, file), text);
  } catch (cause) {
    throw new FedwardError('STORAGE_FAILED', `can't write to ${folder}: ${(cause as Error).message}`, folder, {
      cause,
    });
  }
  return files.map(([file]) => join(folder, file));
}
