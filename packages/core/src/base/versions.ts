/** The parts of a version that decide: `major.minor`, whatever follows. */
const pattern = /^(\d{1,9})\.(\d{1,9})(?:\.|$)/;

/**
 * Whether servers and sites of these versions work with each other: those of one major version whose minor versions are
 * neighbours or the same, so that neither side has to be updated on the same day as the other.
 */
export function worksWith(one: string, other: string): boolean {
  const [a, b] = [pattern.exec(one), pattern.exec(other)];
  if (!a || !b) return false;
  return a[1] === b[1] && Math.abs(Number(a[2]) - Number(b[2])) <= 1;
}
