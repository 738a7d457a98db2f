import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { assertNoOtherLedger } from './same-data.js';
import { chargeOf, inDirectory, options } from './testing/ledgers.js';

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

  it('made before there were digests, is opened by its name', () =>
    inDirectory(async (directory) => {
      await (await openLedger(directory, options)).charge(chargeOf(0));
      const opened = await openLedger(directory, { ...options, dataDigest: digest('b') });
      expect(opened.head.count).toBe(1);
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
