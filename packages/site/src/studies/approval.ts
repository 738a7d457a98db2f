import {
  subjectDifferences,
  subjectDigest,
  verifyApprovals,
  type ApprovalStore,
  type ApprovalVerdict,
  type RunSubject,
  type SitePolicyRules,
} from '@fedward/compliance';
import type { StudyRecord } from './record.js';

/** By what a hospital's approvals are judged. */
export interface ApprovalRules {
  readonly rules: Pick<SitePolicyRules, 'approvals'>;
  /** Where signed notes are. */
  readonly store: ApprovalStore;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/**
 * Whether what would run here is what this hospital's people have approved: by signed notes where its rules name keys, else by
 * hand. Looked at anew before each question, so that what is taken back stops at the next.
 */
export async function approvalOf(
  record: Pick<StudyRecord, 'hand' | 'proposed' | 'study'>,
  subject: RunSubject,
  { rules, store, now }: ApprovalRules,
): Promise<ApprovalVerdict> {
  if (rules.approvals) return verifyApprovals(store, subject, { ...rules.approvals, now });
  const last = record.hand.at(-1);
  if (!last) return no(`${subject.hospital} has not approved it yet`);
  if (last.kind === 'revoked') return no(`it was revoked by ${last.by}`, `it was revoked by ${last.by}: ${last.words}`);
  const differences = subjectDifferences(last.subject, subject);
  if (differences.length > 0)
    return no(`it is not what was approved for ${subject.hospital}: ${differences.join('; ')}`);
  const by = { digest: subjectDigest(subject), key: last.by, meaning: last.words, time: last.time };
  return { ok: true, by: [by], why: '', told: '' };
}

/** How what would run differs from what the study's first round ran on, in words; '' where nothing does. */
export function changesSince(begun: RunSubject | null, now: RunSubject): string {
  return begun === null ? '' : subjectDifferences(begun, now).join('; ');
}

function no(told: string, why = told): ApprovalVerdict {
  return { ok: false, by: [], why, told };
}
