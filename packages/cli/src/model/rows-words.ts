import { countsJson, type ScoredCounts } from '@fedward/model-bundle';
import { counted } from '@fedward/sim-healthcare/report';

/** What became of a file's rows, in lines; never what a cell holds. */
export function rowsWords(counts: ScoredCounts): string[] {
  const { read, scored, ofOtherPart, unscored } = countsJson(counts);
  const asked = read - (ofOtherPart ?? 0);
  return [
    `${counted(read, 'row')} read${ofOtherPart ? `, ${ofOtherPart} of the other part` : ''}: ${scored} of ${asked} scored`,
    ...unscored.map(
      ({ reason, rows, lines }) =>
        `  not scored: ${reason} (${rows}; ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${rows > lines.length ? ', ...' : ''})`,
    ),
  ];
}
