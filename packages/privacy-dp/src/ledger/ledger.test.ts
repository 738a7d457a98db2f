import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256, type AccountantFactory } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { gaussianAccountant, gaussianEpsilon, pldAccountant, rdpAccountant, renyiFilter } from '../accounting/index.js';
import { hasLedger, openLedger } from './open.js';
import { readLedger } from './report.js';
import { sealed } from './seal.js';
import { chargeOf, dataSet, inDirectory, options, release } from './testing/ledgers.js';

const epsilonOf = (releases: number): number => gaussianEpsilon(Math.sqrt(releases) / 10, options.delta);
/** The most releases that a budget has room for. */
const room = (budget: number): number => {
  let releases = 0;
  while (epsilonOf(releases + 1) <= budget) releases++;
  return releases;
};

const hashIn = (line: string): string => (JSON.parse(line) as { hash: string }).hash;

describe('a ledger', () => {
  it('writes each charge down, one line a file, chained by hashes', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, { ...options, now: () => '2026-01-02T03:04:05.000Z' });
      expect(ledger.epsilon).toBe(0);
      await ledger.charge(chargeOf(0));
      await ledger.charge(chargeOf(1));
      const [terms, first, second] = await Promise.all(
        ['ledger.json', 'releases/00000001.json', 'releases/00000002.json'].map((name) =>
          readFile(join(directory, name), 'utf8'),
        ),
      );
      expect(JSON.parse(terms!)).toMatchObject({ ...options, version: 1, simulationOnly: false });
      const charged = {
        ...{ planHash: 'sha256:00', runId: 'run-1', event: release, time: '2026-01-02T03:04:05.000Z' },
        ...{ index: 1, round: 0, previousHash: hashIn(terms!), epsilonBefore: 0, epsilonAfter: epsilonOf(1) },
      };
      expect(first).toBe(`${canonicalJson({ ...charged, hash: sha256(canonicalJson(charged)) })}\n`);
      expect(JSON.parse(second!)).toMatchObject({
        ...{ index: 2, round: 1, previousHash: hashIn(first!) },
        ...{ epsilonBefore: epsilonOf(1), epsilonAfter: epsilonOf(2) },
      });
      expect(ledger.head).toEqual({ count: 2, hash: hashIn(second!) });
      expect(ledger.epsilon).toBe(epsilonOf(2));
      expect(await readdir(join(directory, 'releases'))).toHaveLength(2); // no drafts are left
    }));

  it('refuses what would pass its budget, over all runs, and writes nothing then', () =>
    inDirectory(async (directory) => {
      const [most, half] = [room(1), Math.floor(room(1) / 2)];
      const first = await openLedger(directory, options);
      for (let round = 0; round < half; round++) await first.charge(chargeOf(round));
      const second = await openLedger(directory, options);
      expect(second.epsilon).toBe(epsilonOf(half));
      const ofSecond = (round: number) => chargeOf(round, { runId: 'run-2', planHash: 'sha256:11' });
      for (let round = 0; round < most - half; round++) await second.charge(ofSecond(round));

      for (const [ledger, charge] of [
        [second, ofSecond(most - half)],
        [first, chargeOf(half)], // it has to learn of the other's first
      ] as const) {
        const refusal = ledger.charge(charge);
        await expect(refusal).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED', subject: dataSet });
        await expect(refusal).rejects.toThrow(
          `round ${charge.round} of run ${charge.runId} would take ${dataSet} from epsilon ${epsilonOf(most)} to ` +
            `${epsilonOf(most + 1)}, its budget over all studies is 1 (delta 0.00001, unit record, replace-one, ` +
            'accountant gaussian)',
        );
      }
      const report = await readLedger(directory);
      expect(report).toMatchObject({
        releases: most,
        epsilon: epsilonOf(most),
        left: 1 - epsilonOf(most),
        fault: null,
      });
      expect(report.studies).toMatchObject([
        { runId: 'run-1', planHash: 'sha256:00', releases: half, epsilon: epsilonOf(half) },
        { runId: 'run-2', planHash: 'sha256:11', releases: most - half, epsilon: epsilonOf(most - half) },
      ]);
      expect(report.studies[0]!.rounds).toEqual(Array.from({ length: half }, (_, round) => round));
    }));

  it('takes the very last of its budget, and not a bit more', () =>
    inDirectory(async (directory) => {
      const exact = await openLedger(join(directory, 'exact'), { ...options, budget: epsilonOf(3) });
      for (let round = 0; round < 3; round++) await exact.charge(chargeOf(round));
      await expect(exact.charge(chargeOf(3))).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
      const short = await openLedger(join(directory, 'short'), { ...options, budget: epsilonOf(3) * (1 - 1e-12) });
      for (let round = 0; round < 2; round++) await short.charge(chargeOf(round));
      await expect(short.charge(chargeOf(2))).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    }));

  it('computes the price from the events, not from the figures in its files', () =>
    inDirectory(async (directory) => {
      const asked = {
        ...options,
        accountants: { gaussian: gaussianAccountant() },
      };
      const cheap: typeof asked = {
        ...options,
        accountants: {
          gaussian: (adjacency) => ({
            ...asked.accountants.gaussian(adjacency),
            compose: () => 0,
            epsilon: () => 0.01,
          }),
        },
      };
      const ledger = await openLedger(directory, cheap);
      await ledger.charge(chargeOf(0, { event: { type: 'gaussian', noiseMultiplier: 0.5 } }));
      expect((await openLedger(directory, asked)).epsilon).toBe(gaussianEpsilon(2, options.delta));
      await expect((await openLedger(directory, asked)).charge(chargeOf(1))).rejects.toMatchObject({
        code: 'BUDGET_EXCEEDED',
      });
    }));

  it('is priced by its own terms, whatever other ledgers have', () =>
    inDirectory(async (directory) => {
      const factor = { 'replace-one': 1, 'add-or-remove-one': 2 };
      const gaussian: AccountantFactory = (adjacency) => {
        const accountant = gaussianAccountant()(adjacency);
        return {
          ...accountant,
          compose: (event) => accountant.compose(event),
          epsilon: (delta) => factor[adjacency] * accountant.epsilon(delta),
        };
      };
      for (const delta of [1e-5, 1e-3])
        for (const adjacency of ['replace-one', 'add-or-remove-one'] as const) {
          const ledger = await openLedger(join(directory, `${delta} ${adjacency}`), {
            ...{ ...options, delta, adjacency },
            accountants: { gaussian },
          });
          await ledger.charge(chargeOf(0, { adjacency }));
          expect(ledger.epsilon).toBe(gaussianEpsilon(0.1, delta) * factor[adjacency]);
        }
    }));

  it.each([
    ['a release without protection', { type: 'non-private', reason: 'plain' }, 'BUDGET_EXCEEDED'],
    ['an event that its accountant does not know', { type: 'unheard-of' }, 'EVENT_UNSUPPORTED'],
    ['noise that is no number', { type: 'gaussian', noiseMultiplier: NaN }, 'ARGUMENT_INVALID'],
    ['a count below zero', { type: 'repeated', event: release, count: -1 }, 'ARGUMENT_INVALID'],
  ])('refuses %s, and goes on', (_, event, code) =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      await expect(ledger.charge(chargeOf(0, { event: event as never }))).rejects.toMatchObject({ code });
      await expect(ledger.charge(chargeOf(0.5))).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'round' });
      expect(ledger.head.count).toBe(0);
      await ledger.charge(chargeOf(1));
      expect(await readLedger(directory)).toMatchObject({ releases: 1, fault: null });
    }),
  );

  it('refuses an epsilon that is not a number', () =>
    inDirectory(async (directory) => {
      const broken = (adjacency: 'replace-one' | 'add-or-remove-one') => ({
        ...gaussianAccountant()(adjacency),
        epsilon: () => NaN,
      });
      const ledger = await openLedger(directory, { ...options, accountants: { gaussian: broken } });
      await expect(ledger.charge(chargeOf(0))).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    }));

  it('refuses what it can not add up, by name', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      for (const changes of [
        { unit: 'patient' },
        { adjacency: 'add-or-remove-one' },
        { simulationOnly: true },
      ] as const) {
        const [[subject, value]] = Object.entries(changes) as [[string, unknown]];
        await expect(ledger.charge(chargeOf(0, changes))).rejects.toMatchObject({
          code: 'CONFIG_INCOMPATIBLE',
          subject,
          message: expect.stringContaining(`is of ${subject} ${value}: they can't be added up`),
        });
      }
      expect(ledger.head.count).toBe(0);
    }));
});

describe('a round that is run again', () => {
  it('is charged again where noise is secret', () =>
    inDirectory(async (directory) => {
      await (await openLedger(directory, options)).charge(chargeOf(0));
      const again = await openLedger(directory, options);
      await again.charge(chargeOf(0));
      expect(again.epsilon).toBe(epsilonOf(2));
      expect((await readLedger(directory)).studies).toMatchObject([{ releases: 2, rounds: [0] }]);
    }));

  it('is charged once in a simulation, where it gives the same bits', () =>
    inDirectory(async (directory) => {
      const seeded = { ...options, simulationOnly: true };
      const charge = chargeOf(0, { simulationOnly: true });
      const ledger = await openLedger(directory, seeded);
      await ledger.charge(charge);
      await ledger.charge(charge);
      const resumed = await openLedger(directory, seeded);
      await resumed.charge(charge);
      expect(resumed.epsilon).toBe(epsilonOf(1));
      // Anything else about it makes it another release.
      for (const other of [
        { runId: 'run-2' },
        { round: 1 },
        { planHash: 'sha256:11' },
        { event: { type: 'gaussian', noiseMultiplier: 11 } },
      ] as const)
        await resumed.charge({ ...charge, ...other });
      expect(resumed.head.count).toBe(5);
    }));
});

describe('opening', () => {
  it.each([
    ['dataSet', 'south'],
    ['unit', 'patient'],
    ['adjacency', 'add-or-remove-one'],
    ['delta', 1e-6],
    ['budget', 2],
    ['accountant', 'rdp'],
    ['simulationOnly', true],
  ])('a ledger with another %s is refused by name, and changes nothing', (key, value) =>
    inDirectory(async (directory) => {
      await openLedger(directory, options);
      const before = await readFile(join(directory, 'ledger.json'));
      await expect(openLedger(directory, { ...options, [key]: value })).rejects.toMatchObject({
        code: 'CONFIG_INCOMPATIBLE',
        subject: key,
        message: expect.stringContaining(`asked for is ${value}`),
      });
      expect(await readFile(join(directory, 'ledger.json'))).toEqual(before);
    }),
  );

  it('asks for a budget once, when the ledger is made', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'a', 'b');
      const { budget, accountant, ...asked } = options;
      await expect(openLedger(directory, asked)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'budget' });
      expect(await readdir(parent)).toEqual([]);
      await openLedger(directory, { ...asked, budget });
      expect((await openLedger(directory, asked)).terms).toMatchObject({
        ...asked,
        budget: 1,
        accountant: 'rdp-filter',
      });
    }));

  it.each([
    ['budget', Infinity],
    ['budget', 0],
    ['delta', 1],
    ['dataSet', ''],
    ['typo', 1],
  ])('refuses %s %s', (key, value) =>
    inDirectory(async (directory) => {
      const asked = { ...options, [key]: value };
      await expect(openLedger(directory, asked)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: key });
      await expect(readLedger(directory)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    }),
  );

  it('refuses an accountant that is not installed', () =>
    inDirectory(async (directory) => {
      const unknown = { code: 'PLUGIN_UNKNOWN', subject: 'accountant' };
      await expect(openLedger(directory, { ...options, accountant: 'abacus' })).rejects.toMatchObject(unknown);
      const own = { ...options, accountant: 'own', accountants: { own: gaussianAccountant() } };
      expect((await openLedger(directory, own)).accountant).toBe('own');
      const asked = { ...own, accountants: {} };
      await expect(openLedger(directory, asked)).rejects.toMatchObject(unknown);
    }));

  it.each(['pld', 'rdp'])('refuses to make one for %s, which is no proof over studies', (accountant) =>
    inDirectory(async (directory) => {
      // Not even where a caller brings it.
      const refusal = openLedger(directory, {
        ...options,
        accountant,
        accountants: { pld: pldAccountant(), rdp: rdpAccountant() },
      });
      await expect(refusal).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'accountant' });
      await expect(refusal).rejects.toThrow(/rdp-filter, or gaussian/);
      expect(await hasLedger(directory)).toBe(false);
    }),
  );

  it.each(['pld', 'rdp'])('one that was made for %s before is priced by the filter, and says so', (accountant) =>
    inDirectory(async (directory) => {
      const { accountant: _, ...asked } = options;
      await openLedger(directory, asked);
      const path = join(directory, 'ledger.json');
      const { hash, ...terms } = JSON.parse(await readFile(path, 'utf8')) as { hash: string };
      await writeFile(path, sealed({ ...terms, accountant }).text);

      const ledger = await openLedger(directory, asked);
      await openLedger(directory, { ...asked, accountant });
      await openLedger(directory, { ...asked, accountant: 'rdp-filter' });
      await expect(openLedger(directory, { ...asked, accountant: 'gaussian' })).rejects.toMatchObject({
        ...{ code: 'CONFIG_INCOMPATIBLE', subject: 'accountant' },
      });
      for (let round = 0; round < 5; round++) await ledger.charge(chargeOf(round));
      const filter = renyiFilter(1, options.delta)('replace-one');
      expect(ledger.epsilon).toBe(filter.preview({ type: 'repeated', event: release, count: 5 }, options.delta));
      expect(ledger.epsilon).toBeGreaterThan(epsilonOf(5));
      const report = await readLedger(directory);
      expect(report).toMatchObject({ accountant: 'rdp-filter', terms: { accountant }, epsilon: ledger.epsilon });
      expect(report.assumptions.join()).toContain(`it was made for accountant ${accountant}`);
      expect(report.assumptions.join()).toContain('of one study whose settings were fixed before it began');
      // One study by itself was settled before it began.
      expect(report.studies[0]!.epsilon).toBeCloseTo(epsilonOf(5), 3);
    }),
  );

  it('by many at once makes one ledger, which all have', () =>
    inDirectory(async (directory) => {
      const ledgers = await Promise.all(Array.from({ length: 20 }, () => openLedger(directory, options)));
      expect(new Set(ledgers.map(({ head }) => head.hash)).size).toBe(1);
      await Promise.all(ledgers.slice(0, 5).map((ledger, n) => ledger.charge(chargeOf(n))));
      expect(await readLedger(directory)).toMatchObject({ releases: 5, fault: null });
    }));
});
