import { afterEach, expect, it, vi } from 'vitest';
import { printOutcome } from './table.js';

afterEach(() => vi.restoreAllMocks());

it('says of which accountant and which studies each epsilon is', () => {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  const site = { id: 'hospital-0', roundsTrained: 2, restarts: 0, epsilon: 0.816, auditVerified: true };
  const outcome = { model: { sha256: 'sha256:0', metrics: { accuracy: 0.5 } }, rounds: 2, seconds: 1 };
  printOutcome({ ...outcome, sites: [site] }, undefined);
  expect(text).toMatch(/Epsilon of its ledger/);
  expect(text).toContain(
    "Epsilon beside a round is the plan's: by the plan's accountant, of this study's rounds so far.",
  );
  expect(text).toMatch(/Epsilon of a ledger is the hospital's: by the ledger's accountant.*of all studies/);
  text = '';
  printOutcome({ ...outcome, sites: [{ ...site, epsilon: null }] }, undefined);
  expect(text).toContain('no privacy');
  expect(text).not.toContain("Epsilon of a ledger is the hospital's");
});
