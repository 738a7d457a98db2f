import type { SimulationResult } from '../run/result.js';
import { counted } from './counted.js';

/** What a run leaves for others to hold it to, in a sentence; undefined for results of before. */
export function evidenceText({ audit }: Pick<SimulationResult, 'audit'>): string | undefined {
  const { logs, certificates = 0 } = audit;
  if (logs === undefined) return undefined;
  if (logs === 1)
    return "The hospitals share the server's log, which is signed by the key in keys.txt; rounds have no certificates";
  return (
    `${logs} logs, of the server and each hospital, signed with the keys in keys.txt; ` +
    `${counted(certificates, 'round')} with a certificate: hand the keys out, and keep the last certificate elsewhere`
  );
}
