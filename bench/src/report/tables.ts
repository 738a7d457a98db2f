import type { Comparison, Findings, Measurement, Table } from '../benchmark.js';
import { pairedRatios, summarise } from '../measure/statistics.js';

/** All that a benchmark has found, as tables: ratios first, then each quantity, then the rest. */
export function tablesOf({ comparisons, measurements, tables = [] }: Findings): readonly Table[] {
  return [
    ...(comparisons.length > 0 ? [comparisonTable(comparisons)] : []),
    ...(measurements.length > 0 ? [measurementTable(measurements)] : []),
    ...tables,
  ];
}

function comparisonTable(comparisons: readonly Comparison[]): Table {
  return {
    title: 'Ratios (median of the ratios of pairs, with their range)',
    columns: ['what', 'A', 'B', 'A / B', 'range', 'pairs'],
    rows: comparisons.map(({ what, numerator, denominator }) => {
      const ratios = summarise(pairedRatios(numerator.samples, denominator.samples));
      return [
        what,
        nameOf(numerator),
        nameOf(denominator),
        format(ratios.median),
        `${format(ratios.minimum)} to ${format(ratios.maximum)}`,
        String(ratios.count),
      ];
    }),
  };
}

function nameOf({ program, unit, samples }: Measurement): string {
  return `${program}: ${format(summarise(samples).median)} ${unit}`;
}

function measurementTable(measurements: readonly Measurement[]): Table {
  return {
    title: 'Measured',
    columns: ['what', 'program', 'unit', 'median', 'min', 'quartiles', 'max', 'runs'],
    rows: measurements.map(({ what, program, unit, samples }) => {
      const { median, minimum, lowerQuartile, upperQuartile, maximum, count } = summarise(samples);
      const quartiles = `${format(lowerQuartile)} to ${format(upperQuartile)}`;
      return [what, program, unit, format(median), format(minimum), quartiles, format(maximum), String(count)];
    }),
  };
}

/** Three digits, or all before the point. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
