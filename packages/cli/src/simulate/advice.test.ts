import { FedwardError, type ErrorCode } from '@fedward/core';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adviceAfter, type StartedRun } from './advice.js';

const run: StartedRun = { folder: resolve('runs/x'), plan: { onInvalidUpdate: 'fail' }, dropRate: 0 };
const goOn = 'fedward simulate --resume --out runs/x';
const after = (code: ErrorCode, changes: Partial<StartedRun> = {}) =>
  adviceAfter(new FedwardError(code, 'why'), { ...run, ...changes });

describe('adviceAfter', () => {
  it.each<[ErrorCode, Partial<StartedRun>]>([
    ['ABORTED', {}],
    ['STORAGE_FAILED', {}],
    ['AUDIT_FAILED', {}],
    ['QUORUM_NOT_MET', {}],
    ['CLIENT_FAILED', { dropRate: 0.5 }],
    ['POLICY_REFUSED', {}],
    ['QUORUM_NOT_MET', { plan: { onInvalidUpdate: 'drop' } }],
  ])('says how to go on after %s', (code, changes) => {
    expect(after(code, changes)).toContain(goOn);
  });

  it('says how to go on after what nobody foresaw', () => {
    expect(adviceAfter(new TypeError('x is not a function'), run)).toBe(`to go on: ${goOn}`);
  });

  it.each<[ErrorCode, Partial<StartedRun>, RegExp]>([
    ['BUDGET_EXCEEDED', {}, /budget/],
    ['UPDATE_NOT_FINITE', {}, /--learning-rate/],
    ['QUORUM_NOT_MET', { dropRate: 0.5 }, /--quorum/],
    ['CHECKPOINT_INVALID', {}, /can't be resumed/],
    ['AUDIT_TAMPERED', {}, /can't be resumed/],
    ['LEDGER_DAMAGED', { ledger: resolve('spent') }, /damaged ledger/],
    ['LABEL_INVALID', {}, /mend/],
  ])('does not send anyone to repeat %s', (code, changes, instead) => {
    expect(after(code, changes)).toMatch(instead);
    expect(after(code, changes)).not.toContain('--resume');
  });

  it('says where to look after hospitals may have been refused by their ledgers', () => {
    const advice = after('QUORUM_NOT_MET', { ledger: resolve('spent') });
    expect(advice).toMatch(/fedward privacy ledger spent.*to go on: fedward simulate --resume/);
  });

  it('names the folder that one is in', () => {
    expect(after('ABORTED', { folder: resolve('.') })).toMatch(/--out \.$/);
  });
});
