/** What ARFF has where no format is given. */
export const isoFormat = "yyyy-MM-dd'T'HH:mm:ss";

const widths = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2 } as const;
type Part = keyof typeof widths;

/**
 * Reads dates of a format of Java's `SimpleDateFormat`, of which the parts yyyy, MM, dd, HH, mm and ss are known, and text
 * in `'`.
 *
 * @returns a function to ISO 8601 (`2024-01-31` or `2024-01-31T08:30:00`), which returns undefined for what is no such
 *   date; undefined for a format with other parts, or without a day
 */
export function dateReader(format: string): ((text: string) => string | undefined) | undefined {
  const parts: Part[] = [];
  const tokens = format.match(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? [];
  let pattern = '';
  for (const [i, token] of tokens.entries()) {
    if (token in widths) {
      const part = token as Part;
      if (parts.includes(part)) return undefined;
      parts.push(part);
      // Digits that follow each other are told apart by their number alone.
      const isAlone = ![tokens[i - 1], tokens[i + 1]].some((next) => next !== undefined && next in widths);
      pattern += `(\\d{${part !== 'yyyy' && isAlone ? '1,' : ''}${widths[part]}})`;
    } else if (/^[A-Za-z]/.test(token)) return undefined;
    else pattern += (token.startsWith("'") ? token.slice(1, -1) || "'" : token).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  }
  if (!(['yyyy', 'MM', 'dd'] as const).every((part) => parts.includes(part))) return undefined;
  const wanted = new RegExp(`^${pattern}$`);
  const withTime = parts.includes('HH');
  return (text) => {
    const found = wanted.exec(text);
    if (!found) return undefined;
    const of = (part: Part): string => (found[parts.indexOf(part) + 1] ?? '0').padStart(widths[part], '0');
    const day = `${of('yyyy')}-${of('MM')}-${of('dd')}`;
    const at = (part: Part): string => (parts.includes(part) ? of(part) : '00');
    return withTime ? `${day}T${at('HH')}:${at('mm')}:${at('ss')}` : day;
  };
}
