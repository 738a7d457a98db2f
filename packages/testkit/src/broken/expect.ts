import { expect, it } from 'vitest';
import type { ComplianceSuite } from '../suite.js';

/** A plugin with one fault, and the checks that must see it: all of them, and no others. */
export interface Broken<T> {
  readonly create: () => T;
  readonly fails: readonly string[];
}

export async function failures(suite: ComplianceSuite): Promise<string[]> {
  return (await suite.run()).flatMap(({ name, error }) => (error ? [name] : []));
}

/** One test that the reference passes every check, and one a fault that it fails those that it should. */
export function expectFaultsSeen<T>(
  suiteOf: (create: () => T) => ComplianceSuite,
  reference: () => T,
  faults: Readonly<Record<string, Broken<T>>>,
): void {
  it('passes a correct implementation', async () => {
    expect(await suiteOf(reference).run()).not.toContainEqual(expect.objectContaining({ error: expect.anything() }));
  });

  for (const [fault, { create, fails }] of Object.entries(faults))
    it(`sees one that ${fault}`, async () => {
      expect(fails).not.toEqual([]);
      expect((await failures(suiteOf(create))).sort()).toEqual([...fails].sort());
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
