import { largest } from '@fedward/core';
import { parseNumber } from '@fedward/kit-tables';

const candidates = [',', ';', '\t', '|'] as const;

/** Lines that are looked at. */
const sample = 50;

/**
 * The delimiter of a text, by its first lines: the one that parts most of them into the same number of fields. Where two
 * do so equally well, as a comma may that is in each number of a row, the one that leaves fewer of the others within
 * fields. A comma where none does.
 *
 * @param text the beginning of a file, with `\n` as its line end
 */
export function findDelimiter(text: string): string {
  const lines = outsideQuotes(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, sample);
  let best = { delimiter: ',', share: 0.5, clean: 0 };
  for (const delimiter of candidates) {
    const rows = lines.map((line) => line.split(delimiter));
    const share = timesOfMostCommon(rows.map(({ length }) => length).filter((n) => n > 1)) / lines.length;
    const fields = rows.flat();
    const clean = fields.filter(isClean).length / fields.length;
    if (share > best.share || (share === best.share && clean > best.clean)) best = { delimiter, share, clean };
  }
  return best.delimiter;
}

/** A text without what stands in quotation marks. The last line may be cut: it is left out where there are others. */
function outsideQuotes(text: string): string {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1) || text;
  return whole.replace(/"[^"]*"/g, '');
}

function isClean(field: string): boolean {
  const text = field.trim();
  return parseNumber(text, ',') !== undefined || !candidates.some((delimiter) => text.includes(delimiter));
}

function timesOfMostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return largest(counts.values(), 0);
}
