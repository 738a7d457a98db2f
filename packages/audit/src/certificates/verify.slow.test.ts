import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RoundCertificate } from '@fedward/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { certifiedRound, newSigner, type Said } from '../testing/certified.js';
import { verifyCertificate } from './verify.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-certificate-'));
let round: Awaited<ReturnType<typeof certifiedRound>>;
let other: typeof round;

beforeAll(async () => {
  round = await certifiedRound(join(parent, 'one'));
  other = await certifiedRound(join(parent, 'other'));
  return () => rmSync(parent, { recursive: true });
});

const changed = (change: (copy: Draft) => void): unknown => {
  const copy = structuredClone(round.certificate) as unknown as Draft;
  change(copy);
  return copy;
};
type Site = { id: string; verifierKey?: string; entry: string; proof: string };
type Draft = { runId: string; round: number; coordinator: Site; sites: Site[]; witnessed: string[] };

describe('verifyCertificate', () => {
  it('says what a round came to, with nothing but public keys', () => {
    const shown = verifyCertificate(JSON.parse(JSON.stringify(round.certificate)), round.keys);
    expect(shown).toMatchObject({ ok: true, faults: [], runId: 'run', round: 0 });
    expect(shown.certified).toMatchObject({ participants: ['north', 'south'], updates: round.details['updates'] });
    expect(shown.sites.map(({ id, verifierKey }) => [id, verifierKey])).toEqual([
      ['north', round.keys[1]],
      ['south', round.keys[2]],
    ]);
    expect(shown.witnessed).toMatchObject([{ origin: 'coordinator', size: 2, cosigned: round.keys.slice(1) }]);
  });

  it('trusts no other key than those that are given', () => {
    const strangers = [newSigner('coordinator'), newSigner('north'), newSigner('south')].map((key) => key.verifierKey);
    expect(verifyCertificate(round.certificate, strangers)).toMatchObject({ ok: false, certified: null });
    const { ok, faults } = verifyCertificate(round.certificate, round.keys.slice(0, 2));
    expect(ok).toBe(false);
    expect(faults.map(({ part }) => part)).toContain('south');
    expect(() => verifyCertificate(round.certificate, [...round.keys, 'no key'])).toThrow(/not a verifier key/);
  });

  const harm: [what: string, part: string, change: (copy: Draft) => void][] = [
    ['it is another run', 'coordinator', (copy) => (copy.runId = 'another')],
    ['it is another round', 'coordinator', (copy) => (copy.round = 1)],
    ['a site is left out', 'north', (copy) => copy.sites.shift()],
    ['a site is there twice', 'north', (copy) => copy.sites.push(copy.sites[0]!)],
    ['a site is called otherwise', 'west', (copy) => (copy.sites[0]!.id = 'west')],
    ['two sites have changed places', 'north', (copy) => ([copy.sites[0]!.id, copy.sites[1]!.id] = ['south', 'north'])],
    ['a site has no key', 'south', (copy) => delete copy.sites[1]!.verifierKey],
    [
      "a site's entry is changed",
      'north',
      (copy) => (copy.sites[0]!.entry = copy.sites[0]!.entry.replace('"round":0', '"round":1')),
    ],
    ["a site's proof is that of the other", 'north', (copy) => (copy.sites[0]!.proof = copy.sites[1]!.proof)],
    [
      'a cosignature is left out',
      'south',
      (copy) => (copy.witnessed[0] = copy.witnessed[0]!.replace(/— south .*\n/u, '')),
    ],
    ['there is no head that was witnessed', 'north', (copy) => (copy.witnessed = [])],
    ['a head is witnessed by a stranger', 'witnessed 0', (copy) => (copy.witnessed[0] += '— west AAAAAAAAAAAAAA==\n')],
  ];
  it.each(harm)('finds that %s, and names %s', (_, part, change) => {
    const { ok, faults } = verifyCertificate(changed(change), round.keys);
    expect(ok).toBe(false);
    expect(faults.map((fault) => fault.part)).toContain(part);
  });

  it('finds each part that is of another round of the same sites', () => {
    const parts: ((copy: Draft, from: Draft) => void)[] = [
      (copy, from) => (copy.coordinator = from.coordinator),
      (copy, from) => (copy.sites[0] = from.sites[0]!),
      (copy, from) => (copy.sites[1] = from.sites[1]!),
      (copy, from) => (copy.witnessed = from.witnessed),
    ];
    const all = [...round.keys, ...other.keys];
    expect(verifyCertificate(round.certificate, all).ok).toBe(true);
    for (const swap of parts)
      expect(
        verifyCertificate(
          changed((copy) => swap(copy, other.certificate as unknown as Draft)),
          all,
        ).ok,
      ).toBe(false);
  });

  it('finds any character that is changed, taken out or added', () => {
    const paths = textsOf(round.certificate);
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom('A', 'z', '0', ' ', '\n', '', '"', '='),
        (path, at, by) => {
          const copy = structuredClone(round.certificate) as unknown as Record<string, unknown>;
          const key = path.at(-1)!;
          const holder = path.slice(0, -1).reduce((value, name) => value[name] as Record<string, unknown>, copy);
          const text = holder[key] as string;
          const n = Math.floor(at * text.length);
          const anew = text.slice(0, n) + by + text.slice(n + 1);
          fc.pre(anew !== text);
          holder[key] = anew;
          expect(verifyCertificate(copy, round.keys).ok, `${path.join('.')} at ${n}: ${JSON.stringify(by)}`).toBe(
            false,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  const lies: [what: string, said: Said, part: string, message: RegExp][] = [
    [
      'the server says another update than the site',
      { certified: { updates: { north: 'd'.repeat(64), south: 'e'.repeat(64) } } },
      'north',
      /the update/,
    ],
    ['the server says another plan', { certified: { planHash: 'sha256:0' } }, 'south', /the plan/],
    [
      'the server says a data sheet that the site does not',
      { certified: { dataSheets: { north: 'sha256:1' } } },
      'north',
      /the data sheet/,
    ],
    [
      'the server says that a third took part',
      { certified: { participants: ['north', 'south', 'west'] } },
      'west',
      /nothing shows it/,
    ],
    [
      'the server leaves one out',
      { certified: { participants: ['south'] } },
      'north',
      /does not say that it took part/,
    ],
    [
      "the server says another root of the site's log",
      {
        certified: { heads: { north: { index: 1, root: '0'.repeat(64) }, south: { index: 1, root: '0'.repeat(64) } } },
      },
      'north',
      /the root/,
    ],
    [
      'the server saw a log without the answer',
      { certified: { heads: { north: { index: 0, root: '0'.repeat(64) } } } },
      'north',
      /before entry 1/,
    ],
    [
      'the site was shown another log of the server',
      { north: { serverHead: { index: 1, root: '0'.repeat(64) } } },
      'north',
      /and cosigned/,
    ],
    [
      'the site names a head that it has not cosigned',
      { north: { serverHead: { index: 7, root: '0'.repeat(64) } } },
      'north',
      /has not cosigned/,
    ],
    ['the entry is no answer', { northType: 'evaluation' }, 'north', /of the type evaluation/],
    ['the entry is of another site', { northClient: 'south' }, 'north', /is of south/],
  ];
  it.each(lies)('finds that %s', async (what, said, part, message) => {
    const { certificate, keys } = await certifiedRound(join(parent, what.replaceAll(/\W/g, '-')), said);
    const { ok, faults } = verifyCertificate(certificate, keys);
    expect(ok).toBe(false);
    expect(faults).toContainEqual({ part, message: expect.stringMatching(message) });
  });

  it('takes an answer to an earlier round, which was witnessed then, and none to a later one', async () => {
    const late = await certifiedRound(join(parent, 'late'), { answered: 1 }, 2);
    const unwitnessed = { ...late.certificate, witnessed: [] };
    expect(verifyCertificate(unwitnessed, late.keys)).toMatchObject({ ok: true, sites: [{ round: 1 }, { round: 1 }] });
    const early = await certifiedRound(join(parent, 'early'), { answered: 3 }, 2);
    expect(verifyCertificate(early.certificate, early.keys)).toMatchObject({ ok: false });
  });

  it('takes nothing that the server answers for the sites, in however early a round', async () => {
    const alone = await certifiedRound(join(parent, 'alone'), { answered: 0, signedBy: 'coordinator' }, 1);
    const { ok, faults, sites } = verifyCertificate({ ...alone.certificate, witnessed: [] }, alone.keys);
    expect({ ok, sites }).toEqual({ ok: false, sites: [] });
    expect(faults.map(({ part, message }) => `${part}: ${message}`)).toEqual(
      ['north', 'south'].map((id) => `${id}: its entry is in the server's log`),
    );
  });

  it('takes details that the log keeps aside, and no others', async () => {
    const told = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`of ${n}`, 'x'.repeat(40)]));
    const large = await certifiedRound(join(parent, 'large'), { certified: { told } });
    const { certificate, details, keys } = large;
    expect(certificate.coordinator.entry).toContain('"aside"');
    expect(verifyCertificate(certificate, keys)).toMatchObject({ ok: false, faults: [{ part: 'coordinator' }] });
    const whole: RoundCertificate = { ...certificate, coordinator: { ...certificate.coordinator, details } };
    expect(verifyCertificate(whole, keys)).toMatchObject({ ok: true, certified: { participants: ['north', 'south'] } });
    const forged = { ...whole, coordinator: { ...whole.coordinator, details: { ...details, epsilon: 0 } } };
    expect(verifyCertificate(forged, keys).ok).toBe(false);
    const needless = {
      ...round.certificate,
      coordinator: { ...round.certificate.coordinator, details: round.details },
    };
    expect(verifyCertificate(needless, round.keys).ok).toBe(false);
  });

  it.each([[null], [{}], ['a text'], [[]], [{ version: 2 }]])('says of %j that it is no certificate', (what) => {
    expect(verifyCertificate(what, round.keys)).toMatchObject({ ok: false, faults: [{ part: 'certificate' }] });
  });
});

/** Where there is text in a value. */
function textsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, [...path, name]));
}
