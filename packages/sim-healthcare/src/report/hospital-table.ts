import type { Metrics } from '@fedward/core';
import type { HospitalResult } from '../run/result.js';
import { cellOf, shownOf } from './shown-metrics.js';

/** What each hospital reaches alone and with the others, by the metric that the model is known by first. */
export function hospitalTable(
  hospitals: readonly HospitalResult[],
  finalMetrics: Metrics,
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const shown = shownOf(finalMetrics)[0];
  const personal = hospitals.some(({ personal }) => personal);
  return {
    head: [
      'Hospital',
      'Samples',
      ...(shown ? [`Local ${shown.label}`, `Global ${shown.label}`] : []),
      ...(shown && personal ? [`Personal ${shown.label}`] : []),
      ...(personal ? ['Deploy'] : []),
    ],
    rows: hospitals.map(({ id, samples, localMetrics, globalMetrics, personal: own, deploy }) => [
      id,
      String(samples),
      ...(shown ? [cellOf(localMetrics, shown), cellOf(globalMetrics, shown)] : []),
      ...(shown && personal ? [cellOf(own?.metrics ?? null, shown)] : []),
      ...(personal ? [deploy?.model ?? '-'] : []),
    ]),
  };
}
