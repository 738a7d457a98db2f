export { billOfMaterials, purlOf, type InstalledPackage } from './pack/bom.js';
export { clauses, type Clause } from './pack/clauses.js';
export { partNames, type PackPart } from './pack/documents/index.js';
export type {
  CertificateFacts,
  CopiedFile,
  Flow,
  LedgerFacts,
  LogFacts,
  LoggedDecision,
  MissedFacts,
  PackFacts,
  PartFacts,
  PrivacyFacts,
  ProvedEntry,
  ReachFacts,
  RowFacts,
  RunFile,
} from './pack/facts.js';
export type { PackFault } from './pack/fault.js';
export { readPack, writePack } from './pack/folder.js';
export { signPack, verifyPack, type PackManifest, type PackVerification } from './pack/manifest.js';
export { packDocument, renderPack, type PackFiles } from './pack/pack.js';
export { tableDigest, valueAt, type PackDocument, type PackTable, type Statement } from './pack/statement.js';
export { statementsIn, type StatedIn } from './pack/statements-in.js';
export { filesInZip, zipOf } from './pack/zip.js';
export {
  withdrawalReport,
  type WithdrawalFacts,
  type WithdrawalOfRun,
  type WithdrawalReport,
  type WithdrawnHospital,
} from './withdrawal/withdrawal.js';
