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
