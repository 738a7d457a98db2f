import { describe } from 'vitest';
import { auditSinkCompliance } from './audit-sink.js';
import { brokenAuditSinks } from './broken/audit-sinks/faults.js';
import { referenceAuditSink } from './broken/audit-sinks/reference.js';
import { expectFaultsSeen, expectNoIdleCheck } from './broken/expect.js';

describe('the suite of audit sinks', () => {
  const suiteOf = (create: typeof referenceAuditSink) => auditSinkCompliance({ create });
  expectFaultsSeen(suiteOf, referenceAuditSink, brokenAuditSinks);
  expectNoIdleCheck([suiteOf(referenceAuditSink)], brokenAuditSinks);
});
