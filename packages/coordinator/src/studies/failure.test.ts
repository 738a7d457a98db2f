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
    expect(verdictOn(new FedwardError(code, 'words'), false)).toEqual({ state, why: `${code}: words` });
  });

  it('tries again what nobody foresaw, and ends what has no round left', () => {
    expect(verdictOn(new TypeError('x is not a function'), false)).toEqual({
      state: 'waiting',
      why: 'UNEXPECTED: x is not a function',
    });
    expect(verdictOn(new FedwardError('QUORUM_NOT_MET', 'none of 4 rounds'), true).state).toBe('failed');
  });
});
