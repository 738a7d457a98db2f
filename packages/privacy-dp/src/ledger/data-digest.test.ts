import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger, previewLedger } from './open.js';
import { readLedger } from './report.js';
import { assertNoOtherLedger } from './same-data.js';
import { chargeOf, inDirectory, options, release } from './testing/ledgers.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const other = { code: 'CONFIG_INCOMPATIBLE', subject: 'dataDigest' };

describe('a ledger of data with a digest', () => {
  it('is opened for these data alone, whatever has their name', () =>
    inDirectory(async (directory) => {
      const made = await openLedger(directory, { ...options, dataDigest: digest('a') });
      await made.charge(chargeOf(0));
      const again = await openLedger(directory, { ...options, dataDigest: digest('a') });
      expect(again.epsilon).toBe(made.epsilon);
      const before = await readFile(join(directory, 'ledger.json'));
      const refusal = openLedger(directory, { ...options, dataDigest: digest('b') });
      await expect(refusal).rejects.toMatchObject(other);
      await expect(refusal).rejects.toThrow(/other patients.*a ledger of their own.*what was spent still counts/);
      // Digests of patients' data are in no message.
      await expect(refusal).rejects.not.toThrow(/[ab]{64}/);
      expect(await readFile(join(directory, 'ledger.json'))).toEqual(before);
    }));

  it('says so in its terms, and none is made up for one without', () =>
    inDirectory(async (directory) => {
      await openLedger(join(directory, 'with'), { ...options, dataDigest: digest('a') });
      await openLedger(join(directory, 'without'), options);
      expect((await readLedger(join(directory, 'with'))).terms.dataDigest).toBe(digest('a'));
      expect((await readLedger(join(directory, 'without'))).terms.dataDigest).toBeUndefined();
    }));

  it('made without one, gets that of the first opening, and is bound to it', () =>
    inDirectory(async (root) => {
      const directory = join(root, 'north');
      await (await openLedger(directory, options)).charge(chargeOf(0));
      const before = await readFile(join(directory, 'ledger.json'));
      // Who only asks what a charge would cost changes nothing.
      await previewLedger(directory, { ...options, dataDigest: digest('b') }, release);
      expect((await readLedger(directory)).terms.dataDigest).toBeUndefined();
      const bound = await openLedger(directory, { ...options, dataDigest: digest('b') });
      expect(bound.terms.dataDigest).toBe(digest('b'));
      expect(bound.head.count).toBe(2);
      const { terms, releases, fault, epsilon } = await readLedger(directory);
      expect({ releases, fault, epsilon }).toEqual({ releases: 1, fault: null, epsilon: bound.epsilon });
      expect(terms.dataDigest).toBe(digest('b'));
      expect(await readFile(join(directory, 'ledger.json'))).toEqual(before);
      await expect(openLedger(directory, { ...options, dataDigest: digest('a') })).rejects.toMatchObject(other);
      const asked = previewLedger(directory, { ...options, dataDigest: digest('a') }, release);
      await expect(asked).rejects.toMatchObject(other);
      expect((await openLedger(directory, { ...options, dataDigest: digest('b') })).head.count).toBe(2);
      const twin = assertNoOtherLedger(root, join(root, 'renamed'), { dataDigest: digest('b') });
      await expect(twin).rejects.toMatchObject(other);
    }));

  it('that was bound to other data while it was open is charged no more', () =>
    inDirectory(async (directory) => {
      await openLedger(directory, options);
      const nobody = await openLedger(directory, options);
      const both = await Promise.allSettled(
        ['a', 'b'].map((digit) => openLedger(directory, { ...options, dataDigest: digest(digit) })),
      );
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: other });
      await nobody.charge(chargeOf(0)); // by the name alone, as ever
      expect(await readLedger(directory)).toMatchObject({ releases: 1, fault: null });
    }));

  it.each(['', 'sha256:', digest('A'), `${digest('a')}0`, 'a'.repeat(64)])('refuses the digest %j', (dataDigest) =>
    inDirectory(async (directory) => {
      await expect(openLedger(directory, { ...options, dataDigest })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        subject: 'dataDigest',
      });
    }),
  );
});

describe('the same data under another name', () => {
  it('are refused, and find the ledger that they have', () =>
    inDirectory(async (root) => {
      const north = join(root, 'north');
      const data = { dataDigest: digest('a') };
      await assertNoOtherLedger(join(root, 'nowhere'), north, data);
      await openLedger(north, { ...options, ...data });
      await assertNoOtherLedger(root, north, data);
      await assertNoOtherLedger(root, join(root, 'renamed'), { dataDigest: digest('b') });
      await assertNoOtherLedger(root, join(root, 'renamed'), {});
      // The ledger of a simulation protects nobody, and takes nobody's budget.
      await assertNoOtherLedger(root, join(root, 'renamed'), { ...data, simulationOnly: true });
      const refusal = assertNoOtherLedger(root, join(root, 'renamed'), data);
      await expect(refusal).rejects.toMatchObject(other);
      await expect(refusal).rejects.toThrow(`in ${north}, under the name ${options.dataSet}`);
    }));
});
