import type { Verdict } from '../facts.js';

export const pass = (...evidence: readonly string[]): Verdict => ({ outcome: 'pass', evidence });
export const fail = (...evidence: readonly string[]): Verdict => ({ outcome: 'fail', evidence });
export const needsAPerson = (...evidence: readonly string[]): Verdict => ({ outcome: 'needs-a-person', evidence });
export const notApplicable = (...evidence: readonly string[]): Verdict => ({ outcome: 'not-applicable', evidence });

/** Such as `age (2 of 303 cells), zip`; of many the first, and how many more there are. */
export function listOf(names: readonly string[], most = 12): string {
  const more = names.length - most;
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `1 column`, `3 columns`. */
export function counted(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? '' : 's'}`;
}
