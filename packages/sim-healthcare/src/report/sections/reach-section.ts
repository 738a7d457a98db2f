import type { SimulationResult } from '../../run/result.js';
import { table } from '../html.js';

/** How far each hospital could move the model; empty where it is not known. */
export function reachSection({ reach }: SimulationResult): string {
  if (!reach || reach.length === 0) return '';
  const rows = reach.map(({ id, records, share, most, because }) => [
    id,
    String(records),
    share === null ? '-' : `${(100 * share).toFixed(1)}\u00a0%`,
    most === null ? 'no\u00a0bound' : String(Number(most.toPrecision(3))),
    because,
  ]);
  return `<p>The most that one hospital can move the mean of a round by, whatever it sends (L2 norm).</p>
${table({ caption: 'Reach of each hospital', head: ['Hospital', 'Training records', 'Share', 'At most', 'Because'], rows })}`;
}
