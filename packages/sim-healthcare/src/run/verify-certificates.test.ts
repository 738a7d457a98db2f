import type { CertificateVerification } from '@fedward/audit';
import { expect, it } from 'vitest';
import { answeredTwice, misnamedIn, type HeldCertificate } from './verify-certificates.js';

const head = { origin: 'x', size: 9, root: '0'.repeat(64) };
/** Answers by hospital: the entry in its log. */
const certificate = (round: number, answers: Readonly<Record<string, number>>): HeldCertificate => ({
  file: `certificates/round-000${round}.json`,
  shown: {
    ...{ ok: true, faults: [], runId: 'run', round, certified: null, witnessed: [] },
    coordinator: { verifierKey: 'coordinator+1+A', index: 1, head },
    sites: Object.entries(answers).map(([id, index]) => ({ id, verifierKey: `${id}+1+A`, index, round, head })),
  } satisfies CertificateVerification,
});

it('an answer that is in the sums of two rounds is found', () => {
  const held = [certificate(0, { north: 3, south: 3 }), certificate(1, { north: 5 }), certificate(2, { north: 7 })];
  expect(answeredTwice(held)).toEqual([]);
  expect(answeredTwice([...held, certificate(3, { north: 9, south: 3 })])).toEqual([
    {
      file: 'certificates/round-0003.json',
      message: 'the answer of south, entry 3 of its log, is in the sum of round 0 already',
    },
  ]);
});

it('each party signs with a key that is called as it is', () => {
  const { shown } = certificate(0, { north: 3, south: 3 });
  expect(misnamedIn(shown)).toEqual([]);
  const [north, south] = shown.sites;
  const other = { ...shown, sites: [north!, { ...south!, verifierKey: north!.verifierKey }] };
  expect(misnamedIn(other)).toEqual(['south signs with the key north+1+A, which is not its own']);
  const server = { ...shown, coordinator: { ...shown.coordinator!, verifierKey: 'coordinator2+1+A' } };
  expect(misnamedIn(server)).toEqual(['coordinator signs with the key coordinator2+1+A, which is not its own']);
});

it('the coordinator’s key may be called by its federation, too, and no hospital’s', () => {
  const { shown } = certificate(0, { north: 3 });
  const server = { ...shown, coordinator: { ...shown.coordinator!, verifierKey: 'heart/coordinator+1+A' } };
  expect(misnamedIn(server)).toEqual([]);
  const [north] = shown.sites;
  const site = { ...shown, sites: [{ ...north!, verifierKey: 'heart/north+1+A' }] };
  expect(misnamedIn(site)).toEqual(['north signs with the key heart/north+1+A, which is not its own']);
  const deeper = { ...shown, coordinator: { ...shown.coordinator!, verifierKey: 'a/b/coordinator+1+A' } };
  expect(misnamedIn(deeper)).toHaveLength(1);
});
