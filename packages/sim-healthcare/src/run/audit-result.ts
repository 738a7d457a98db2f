import { readCertificateFiles, verifyAuditLog } from '@fedward/audit';
import type { RunPaths } from './run-folder.js';
import { hospitalPaths } from './run-logs.js';
import type { SimulationResult } from './result.js';

/**
 * What a result says of the run's logs, all of them together.
 * @param ids of the hospitals that have logs of their own
 */
export async function auditResult(paths: RunPaths, ids: readonly string[]): Promise<SimulationResult['audit']> {
  const server = await verifyAuditLog(paths.audit);
  const logs = [server];
  for (const id of ids) logs.push(await verifyAuditLog(hospitalPaths(paths, id).audit));
  const sum = (count: (log: (typeof logs)[number]) => number): number => logs.reduce((all, log) => all + count(log), 0);
  return {
    events: sum(({ summary }) => summary.events),
    // In a log that they share, the server's is the one that names them.
    hospitals: ids.length > 0 ? ids.length : server.summary.hospitals,
    trainingEvents: sum(({ summary }) => summary.trainingEvents),
    root: server.root,
    entries: server.size,
    logs: logs.length,
    certificates: (await readCertificateFiles(paths.certificates)).size,
    verified: logs.every(({ ok }) => ok),
  };
}
