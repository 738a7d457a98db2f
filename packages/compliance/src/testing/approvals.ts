import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planHash, type TrainingPlan } from '@fedward/core';
import { signerOf, type Signer } from '@fedward/kit-keys';
import { onTestFinished } from 'vitest';
import { proposalOf, type Proposal } from '../approval/proposal.js';
import { approvalFolder, type ApprovalStore } from '../approval/store.js';
import type { RunSubject } from '../approval/subject.js';
import { planOf } from './site.js';

export const time = '2026-03-01T10:00:00.000Z';

export function newSigner(name: string): Signer {
  return signerOf(name, generateKeyPairSync('ed25519').privateKey);
}

export function subjectOf(changes: Partial<RunSubject> = {}): RunSubject {
  return {
    ...{ plan: planHash(planOf()), hospital: 'a', dataSheet: 'sha256:aa', schema: null, split: { test: 0.2 } },
    ...{ preprocessing: 'none', software: [{ name: 'fedward', version: '0.1.0' }], initial: null, declared: null },
    ...changes,
  };
}

export function proposal(changes: Partial<Proposal> = {}, plan: TrainingPlan = planOf()): Proposal {
  const subjects = ['a', 'b'].map((hospital) => subjectOf({ hospital, plan: planHash(plan) }));
  return proposalOf({ name: 'heart', time, nonce: 'ab'.repeat(32), plan, subjects, ...changes });
}

/** A folder of approvals, until the test is over. */
export async function newStore(): Promise<{ readonly store: ApprovalStore; readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'fedward-approvals-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return { store: approvalFolder(directory), directory };
}
