/**
 * How large a value is that came from outside, before anything is done with it: its members, with those inside of them,
 * and the characters of its texts. A typed array counts as one.
 *
 * @param most where counting ends: a value is not walked through for longer than it is allowed to be large
 * @returns the size, or `most + 1` where it is larger
 */
export function sizeOf(value: unknown, most = Infinity): number {
  let size = 0;
  const left: unknown[] = [];
  const count = (member: unknown): void => {
    size += 1 + (typeof member === 'string' ? member.length : 0);
    left.push(member);
  };
  count(value);
  while (left.length > 0 && size <= most) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null || ArrayBuffer.isView(next)) continue;
    if (Array.isArray(next)) {
      for (let i = 0; i < next.length && size <= most; i++) count(next[i]);
      continue;
    }
    for (const key in next) {
      size += key.length;
      count((next as Readonly<Record<string, unknown>>)[key]);
      if (size > most) break;
    }
  }
  return Math.min(size, most + 1);
}
