import type { SimulationResult } from '../run/result.js';

/** What the checks before a run came to, in a sentence; undefined for a run that was not checked. */
export function checkText({ check }: Pick<SimulationResult, 'check'>): string | undefined {
  if (!check) return undefined;
  const { counts, failing } = check;
  const failed = failing.length > 0 ? ` (${failing.join(', ')})` : '';
  return (
    `Checked before its first round: ${counts.pass} rules pass, ${counts.fail} fail${failed}, ` +
    `${counts['needs-a-person']} need a person, ${counts['not-applicable']} are not applicable; ` +
    'what was looked at is in check.json'
  );
}
