const pattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * A day, or a day and a time of it, as ISO 8601 has them (`2024-01-31`, `2024-01-31T08:30:15.25+01:00`; also with a space).
 * Without a zone it is taken as UTC: what lies between two is then what the hospital's clock says.
 *
 * @returns milliseconds since 1970 began in UTC; undefined for anything else, and for a day that no calendar has
 */
export function dateOf(text: string): number | undefined {
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as [
    ...[number, number, number],
    ...[number, number, number],
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetOf(found[8]);
  if (offset === undefined) return undefined;
  const seconds = 3600 * hour + 60 * (minute - offset) + second + Number(found[7] ?? 0);
  return date.getTime() + 1000 * seconds;
}

/** Minutes before UTC. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes);
}
