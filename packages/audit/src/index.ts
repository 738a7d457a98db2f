export { openAuditLog, type AuditLogOptions } from './open.js';
export type { AuditLog } from './log.js';
export type { SignedAuditLog } from './signed-log.js';
export { verifyAuditLog } from './verify.js';
export type { AuditVerification, KeptHead, LogSignature, VerifyOptions } from './verification.js';
export type { AuditFault } from './fault.js';
export { readAuditLog } from './read.js';
export { leafOf, type AuditEntry } from './entry.js';
export { openEntryProof, proveEntry, type ProvenEntry } from './prove.js';
export { pruneAuditLog, retentionYears, type Pruned, type PruneOptions } from './prune.js';
export { openWitness, type FileWitness, type WitnessOptions } from './witness.js';
export { readWitness, type NotedHead } from './noted.js';
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
