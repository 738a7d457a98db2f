import type { AuditSink, Json, JsonObject } from '@fedward/core';
import { shownCounts } from '@fedward/data-medical';
import type { Population } from '../scenario/scenario.js';
import type { RunParts } from './run-parts.js';
import { sheetsOf } from './sheets.js';

/**
 * Writes into each hospital's log what became of its rows, at each start of a run, since each start reads them: counts that
 * are large enough, and the digest of its data sheet with the run's secret number.
 *
 * Under a mechanism the counts are withheld, whatever its adjacency: one patient more, or another in a patient's place,
 * may change how many rows lack a value, and nobody has paid for telling it.
 */
export async function logRows(
  { runId, plan, population, inputs }: Pick<RunParts, 'runId' | 'plan' | 'population' | 'inputs'>,
  logOf: (id: string) => AuditSink,
): Promise<void> {
  if (!population.tabulated) return;
  const sheets = sheetsOf(inputs);
  for (const clientId of population.ids) {
    const rows = plan.privacy === null ? countsOf(population, clientId) : 'withheld';
    const sheet = sheets.get(clientId);
    if (rows === undefined || (population.hospital(clientId).rows === undefined && sheet === undefined)) continue;
    const details: JsonObject = { rows, ...(sheet !== undefined && { dataSheet: sheet }) };
    await logOf(clientId).append({ type: 'data', time: new Date().toISOString(), runId, clientId, details });
  }
}

function countsOf(population: Population, id: string): Json | undefined {
  const { rows, sheet } = population.hospital(id);
  if (!rows) return undefined;
  const { read, used, dropped, missing } = shownCounts({ rows, missing: sheet?.missing ?? [] });
  return { read, used, dropped: [...dropped], ...(sheet && { missing: [...missing] }) };
}
