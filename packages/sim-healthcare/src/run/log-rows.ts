import type { AuditSink, JsonObject } from '@fedward/core';
import type { RunParts } from './run-parts.js';

/**
 * Writes into the log what became of each hospital's rows, at each start of a run, since each start reads them.
 *
 * Under a mechanism the counts are withheld, whatever its adjacency: one patient more, or another in a patient's place,
 * may change how many rows lack a value, and nobody has paid for telling it.
 */
export async function logRows(
  { runId, plan, population }: Pick<RunParts, 'runId' | 'plan' | 'population'>,
  audit: AuditSink,
): Promise<void> {
  if (!population.tabulated) return;
  for (const clientId of population.ids) {
    const { rows } = population.hospital(clientId);
    if (!rows) continue;
    const { read, used, dropped } = rows;
    const counts = { read, used, dropped: dropped.map((reason) => ({ ...reason })) };
    const details: JsonObject = { rows: plan.privacy === null ? counts : 'withheld' };
    await audit.append({ type: 'data', time: new Date().toISOString(), runId, clientId, details });
  }
}
