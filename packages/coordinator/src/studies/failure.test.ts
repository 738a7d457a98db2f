import { FedwardError } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { verdictOn } from './failure.js';

describe('verdictOn', () => {
  it.each([
    ['QUORUM_NOT_MET', 'waiting'],
    ['DEADLINE_PASSED', 'waiting'],
    ['STORAGE_FAILED', 'waiting'],
    ['AUDIT_FAILED', 'waiting'],
    ['CLIENT_ABSENT', 'waiting'],
    ['OF_A_NEWER_VERSION', 'waiting'],
    ['BUDGET_EXCEEDED', 'failed'],
    ['CONFIG_INCOMPATIBLE', 'paused'],
    ['PLUGIN_UNKNOWN', 'paused'],
    ['DIGEST_MISMATCH', 'paused'],
    ['AUDIT_TAMPERED', 'paused'],
    ['CHECKPOINT_INVALID', 'paused'],
    ['UPDATE_NOT_FINITE', 'paused'],
  ])('%s: %s', (code, state) => {
    expect(verdictOn(new FedwardError(code, 'words'), { roundsAreOver: false })).toEqual({
      state,
      why: `${code}: words`,
    });
  });

  it('pauses where so many refuse that trying again is in vain, and says who', () => {
    const around = { roundsAreOver: false, refused: 'budgets are spent: a' };
    const verdict = verdictOn(new FedwardError('QUORUM_NOT_MET', '1 of 3'), around);
    expect(verdict).toEqual({ state: 'paused', why: 'budgets are spent: a; once that is seen to, resume it' });
    expect(verdictOn(new FedwardError('STORAGE_FAILED', 'full'), around).state).toBe('waiting');
  });

  it('tries again what nobody foresaw, and ends what has no round left', () => {
    expect(verdictOn(new TypeError('x is not a function'), { roundsAreOver: false })).toEqual({
      state: 'waiting',
      why: 'UNEXPECTED: x is not a function',
    });
    expect(verdictOn(new FedwardError('QUORUM_NOT_MET', 'none of 4 rounds'), { roundsAreOver: true }).state).toBe(
      'failed',
    );
  });
});
