export {
  declarationsSchema,
  declarationsTemplate,
  ehdsPurposes,
  nothingDeclared,
  permitSchema,
  type Declarations,
  type Permit,
} from './checks/declarations.js';
export { adequateCountries, economicArea, type CountryList } from './checks/does/countries.js';
export type {
  CaseFacts,
  CheckFacts,
  ColumnFacts,
  ColumnRole,
  Law,
  Outcome,
  Rule,
  RuleCase,
  TableFacts,
  Verdict,
} from './checks/facts.js';
export { permitFaults, type PermitFault, type PermitUse } from './checks/permit.js';
export { checkRules } from './checks/rules/index.js';
export { checkEvent, checkStudy, type CheckedRule, type CheckReport, type CheckSummary } from './checks/study.js';
export { identifierCategories, type IdentifierCategory, type IdentifierFinding } from './identifiers/categories.js';
export { findingOfImages } from './identifiers/images.js';
export { ColumnScan, findIdentifiers } from './identifiers/scan.js';
export { restrictedZipCodes2000, type RestrictedZipCodes } from './identifiers/zip-codes.js';
export { parseSitePolicy, sitePolicySchema } from './policy/schema.js';
export type { SitePolicyInput, SitePolicyRules } from './policy/schema.js';
export { policyDigest, policyRuleNames, sitePolicy } from './policy/site-policy.js';
export type { PolicyTools } from './policy/rule.js';
export { suppress, type SuppressedTable } from './policy/suppress.js';

export { approvalFolder, type ApprovalStore, type StoredNote } from './approval/store.js';
export { approve, openApproval, openRevocation, readApproval, readRevocation, revoke } from './approval/note.js';
export type { Approval, ApproveOptions, Opened, Revocation } from './approval/note.js';
export { parseProposal, proposalDigest, proposalOf, subjectDigests, type Proposal } from './approval/proposal.js';
export { runSubjectSchema, subjectDifferences, subjectDigest, type RunSubject } from './approval/subject.js';
export { verifyApprovals } from './approval/verify.js';
export type { ApprovalVerdict, CountedApproval, VerifyApprovalsOptions } from './approval/verify.js';
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
