export { openAuditLog, type AuditLogOptions } from './open.js';
export type { AuditLog, SignedAuditLog } from './audit-log.js';
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

export {
  assertNoted,
  certificateStore,
  fileOfRound,
  readCertificate,
  readCertificateFiles,
  verifyCertificate,
  type CertificateFault,
  type CertificateStoreOptions,
  type CertificateVerification,
  type Certified,
  type CertifiedSite,
  type WitnessedHead,
} from './certificates/index.js';
export { auditRow, auditRows, auditColumns, type AuditRow } from './export/columns.js';
export { auditCsv, auditJsonl } from './export/csv.js';
export type { LoggedEntries, LoggedEntry } from './export/entry.js';
export type { AuditFilters } from './export/filters.js';
export { formatEntryProof, parseEntryProof } from './export/proof-file.js';
export { showAuditLog, type ShownEntry } from './export/show.js';
export { tableLines } from './export/table.js';
export type { Told } from './export/told.js';
export { describeAuditEvent } from './export/words.js';
export { auditEvents, auditFhir, type FhirOptions } from './fhir/export.js';
export type { FhirAuditEvent } from './fhir/types.js';
