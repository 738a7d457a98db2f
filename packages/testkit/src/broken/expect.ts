import { expect, it } from 'vitest';
import { runChecks, type ComplianceCheck, type ComplianceSuite } from '../suite.js';

/** A plugin with one fault, and the checks that must see it: all of them, and no others. */
export interface Broken<T> {
  readonly create: () => T;
  readonly fails: readonly string[];
}

/** The names of the checks that fail. */
export async function failures(checks: readonly ComplianceCheck[]): Promise<string[]> {
  const outcomes = await runChecks(checks);
  return outcomes.flatMap(({ name, error }) => (error ? [name] : []));
}

/**
 * One test that the reference passes every check, and one a fault that it fails those that it should, and no others.
 * @param which `named` runs for a fault only those that it should fail: much faster, and blind to others that fail too
 */
export function expectFaultsSeen<T>(
  suiteOf: (create: () => T) => ComplianceSuite,
  reference: () => T,
  faults: Readonly<Record<string, Broken<T>>>,
  which: 'all' | 'named' = 'all',
): void {
  it('passes a correct implementation', async () => {
    expect(await suiteOf(reference).run()).not.toContainEqual(expect.objectContaining({ error: expect.anything() }));
  });

  for (const [fault, { create, fails }] of Object.entries(faults))
    it(`sees one that ${fault}`, async () => {
      expect(fails).not.toEqual([]);
      const suite = suiteOf(create);
      const checks = suite.checks.filter(({ name }) => which === 'all' || fails.includes(name));
      expect((await failures(checks)).sort()).toEqual([...fails].sort());
    });
}

/** One test that no check is idle: each is failed by some fault. */
export function expectNoIdleCheck(
  suites: readonly ComplianceSuite[],
  faults: Readonly<Record<string, { readonly fails: readonly string[] }>>,
): void {
  it('has a fault for every check', () => {
    const seen = new Set(Object.values(faults).flatMap(({ fails }) => fails));
    const idle = suites.flatMap(({ checks }) => checks.flatMap(({ name }) => (seen.has(name) ? [] : [name])));
    expect(idle).toEqual([]);
  });
}
