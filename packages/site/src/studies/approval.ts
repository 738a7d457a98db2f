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
  if (differences.length > 0) {
    const told = `it is not what was approved for ${subject.hospital}: ${differences.join('; ')}`;
    return no(told, `${told}. Where that is meant, approve it again: fedward site approve ${record.study.id}`);
  }
  const by = { digest: subjectDigest(subject), key: last.by, meaning: last.words, time: last.time };
  return { ok: true, by: [by], why: '', told: '' };
}

/**
 * What would run, as it was written down before, where no more than patch numbers of fedward's own packages differ: these give
 * the same bits, so that approvals and what a study has begun on hold over such an upgrade. Which version has trained is in the log.
 */
export function asKnown(known: RunSubject | null | undefined, now: RunSubject): RunSubject {
  if (!known) return now;
  const software = inLines(now.software);
  return subjectDifferences({ ...known, software: inLines(known.software) }, { ...now, software }).length === 0
    ? known
    : now;
}

/** Of fedward's own packages major and minor version, of a team's plugins all. */
function inLines(software: RunSubject['software']): RunSubject['software'] {
  return software.map(({ name, version }) => ({
    name,
    version: name === 'fedward' || name.startsWith('@fedward/') ? version.split('.').slice(0, 2).join('.') : version,
  }));
}

/** How what would run differs from what the study's first round ran on, in words; '' where nothing does. */
export function changesSince(begun: RunSubject | null, now: RunSubject): string {
  return begun === null ? '' : subjectDifferences(begun, now).join('; ');
}

function no(told: string, why = told): ApprovalVerdict {
  return { ok: false, by: [], why, told };
}
