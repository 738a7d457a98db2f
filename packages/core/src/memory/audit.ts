import { sha256 } from '../base/digest.js';
import { FedwardError } from '../base/errors.js';
import type { AuditEvent, AuditSink } from '../interfaces/audit.js';
import { canonicalJson } from '../base/json.js';

/** Events in a list, chained by SHA-256, for tests and for runs that need no evidence. */
export function memoryAuditSink(): AuditSink & { readonly events: readonly AuditEvent[] } {
  const events: AuditEvent[] = [];
  let root = sha256('');
  let closed = false;
  return {
    events,
    async append(event) {
      if (closed) throw new FedwardError('AUDIT_FAILED', 'the audit sink is closed');
      root = sha256(root + canonicalJson(event));
      return { index: events.push(structuredClone(event)) - 1, root };
    },
    async close() {
      closed = true;
    },
  };
}
