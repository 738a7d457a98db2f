export { openAuditLog, type AuditLogOptions } from './open.js';
export type { AuditLog } from './log.js';
export { verifyAuditLog, type AuditVerification, type VerifyOptions } from './verify.js';
export type { AuditFault } from './scan.js';
export { readAuditLog } from './read.js';
export type { AuditEntry } from './entry.js';
export { summarizeAuditLog, type AuditSummary } from './summary.js';

export { emptyRoot, leafHash, MerkleTree, nodeHash, rootOf } from '@fedward/kit-merkle';
export {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from '@fedward/kit-merkle';
