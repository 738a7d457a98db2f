import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCanaries, type CanaryFindings } from '@fedward/sim-healthcare/canaries';
import { privacyAuditAction, meaning } from './privacy-audit-action.js';

vi.mock('@fedward/sim-healthcare/canaries');

const found = (
  epsilon: number,
  accounted: number | null,
  claim?: number,
  gaussian: number | null = null,
): CanaryFindings => ({
  schemaVersion: 1,
  scenario: 'tutorial',
  seed: 1,
  simulationOnly: true,
  mechanism: 'dp-sgd',
  claims: claim === undefined ? [] : [{ epsilon: claim, delta: 1e-5, note: '', seen: epsilon }],
  accounted: {
    ...{ epsilon: accounted, delta: 1e-5, unit: 'record', adjacency: 'add-or-remove-one' },
    ...{ accountant: 'rdp', assumptions: [] },
  },
  gaussian,
  empirical: {
    ...{ epsilon, delta: 1e-5, confidence: 0.95, canaries: 100, guesses: 50, correct: 40 },
    gaussian: { mu: 0.6, epsilon: 2 * epsilon, guesses: 50, correct: 40 },
  },
  exposesClaim: claim !== undefined && epsilon > claim,
  contradiction: (accounted !== null && epsilon > accounted) || (gaussian !== null && 2 * epsilon > gaussian),
});

describe('what an audit means, in words', () => {
  it('says between which bounds epsilon lies, and that a small one proves nothing', () => {
    const [verdict, seeded] = meaning(found(0.3, 2.5));
    expect(verdict).toMatch(
      /^No contradiction: the accountant says that epsilon is at most 2\.5, this attack saw at least 0\.300\./,
    );
    expect(seeded).toMatch(/^SIMULATION ONLY/);
  });

  it('says that a claim is false', () => {
    expect(meaning(found(2.3, 8386, 1))[0]).toMatch(/claim of epsilon 1 is false.*confidence 0.95/);
    expect(meaning(found(0.5, 8386, 1))[0]).toMatch(/^No contradiction/);
    // At the delta of the claim, which may be larger than that of the plan: there less is seen.
    const other = found(2.3, 8386, 1);
    const claims = other.claims.map((claim) => ({ ...claim, delta: 0.1, seen: 0.8 }));
    expect(meaning({ ...other, claims })[0]).toMatch(/^No contradiction/);
  });

  it('says that something is wrong, and how often an audit is', () => {
    expect(meaning(found(3, 2.5))[0]).toMatch(/^CONTRADICTION: epsilon is at least 3.000.*at most 2.5.*5% of audits/);
  });

  it('holds what is seen of a Gaussian against the exact price of one alone', () => {
    expect(meaning(found(2, 2.5, undefined, 2.5))[0]).toMatch(/^CONTRADICTION: epsilon is at least 4.000.*at most 2.5/);
    expect(meaning(found(2, 2.5, undefined, 4.5))[0]).toMatch(/^No contradiction/);
    expect(meaning(found(2, 2.5))[0]).toMatch(/^No contradiction/);
  });

  it('says that nothing is proved where nothing is', () => {
    expect(meaning(found(4, null))[0]).toMatch(/proves no bound.*at least what epsilon 4.000/);
  });
});

describe('privacyAuditAction', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    [3, 2.5, 1],
    [0.3, 2.5, 0],
    [4, null, 0],
  ])('at least %s, at most %s: exit code %s, one JSON document on stdout', async (epsilon, accounted, exitCode) => {
    const audit = found(epsilon, accounted);
    vi.mocked(runCanaries).mockResolvedValue(audit);
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const flags = { scenario: 'tutorial', canaries: 100, confidence: 0.95 };
    expect(await privacyAuditAction({ ...flags, json: true })).toBe(exitCode);
    expect(JSON.parse(written.join(''))).toEqual(audit);
    written.length = 0;
    expect(await privacyAuditAction(flags)).toBe(exitCode);
    const text = written.join('');
    for (const part of [
      'at delta 0.00001',
      'record, add-or-remove-one',
      'by rdp',
      'confidence 0.95',
      '40 of them right',
    ])
      expect(text).toContain(part);
  });
});
