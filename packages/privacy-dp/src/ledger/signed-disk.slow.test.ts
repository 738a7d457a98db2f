import { afterEach, expect, it } from 'vitest';
import { errno, interceptDisk, killedAt, restoreDisk, type DiskCall } from '../../../../tools/testing/disk.js';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { chargeOf, inDirectory, options, signerOfTest } from './testing/ledgers.js';

afterEach(restoreDisk);

const signed = { ...options, signer: signerOfTest() };

/** What a file that is created asks of the disk, in this order. */
const ofFile: readonly DiskCall[] = [
  ...(['open', 'writeFile', 'datasync', 'close', 'link'] as const),
  ...(['open', 'sync', 'close', 'unlink'] as const),
];
/** The entry, then its signature. */
const ofCharge = [...ofFile, ...ofFile];
/** Once this call is made, the charge is in the ledger; once the second is, so is its signature. */
const [linked, sealed] = [ofCharge.indexOf('link'), ofCharge.lastIndexOf('link')] as const;

const points = ofCharge.flatMap((call, number) => [false, true].map((made) => ({ call, number, made })));

it.each(points)('killed at $call (call $number, made: $made) of a signed charge, it loses nothing', (point) =>
  inDirectory(async (directory) => {
    const ledger = await openLedger(directory, signed);
    await ledger.charge(chargeOf(0));
    const { call, number, made } = point;
    expect(await killedAt(number, made, () => ledger.charge(chargeOf(1)))).toBe(call);
    const after = (step: number): boolean => number > step || (number === step && made);
    const there = after(linked) ? 2 : 1;
    const unsigned = after(linked) && !after(sealed) ? 1 : 0;
    expect(await readLedger(directory)).toMatchObject({ releases: there, fault: null, signature: { unsigned } });
    const next = await openLedger(directory, signed);
    expect(next.signature).toMatchObject({ unsigned: 0, size: there + 2 });
    await next.charge(chargeOf(2));
    const last = await readLedger(directory);
    expect(last).toMatchObject({ releases: there + 1, fault: null, epsilon: next.epsilon, signature: { unsigned: 0 } });
  }),
);

it('survives no call more', () =>
  inDirectory(async (directory) => {
    const ledger = await openLedger(directory, signed);
    expect(await killedAt(ofCharge.length, true, () => ledger.charge(chargeOf(0)))).toBe('survived');
  }));

it('killed at any call while it makes a signed ledger, it leaves one that can be made, or is', async () => {
  let survived = 0;
  for (let number = 0; survived === 0; number++)
    for (const made of [false, true])
      await inDirectory(async (directory) => {
        if ((await killedAt(number, made, () => openLedger(directory, signed))) === 'survived') survived = number;
        const ledger = await openLedger(directory, signed);
        await ledger.charge(chargeOf(0));
        const report = await readLedger(directory);
        expect(report).toMatchObject({ releases: 1, fault: null, signature: { unsigned: 0 } });
      });
  expect(survived).toBeGreaterThan(2 * ofFile.length);
});

const refusing = points.filter(({ made, call }) => !made && call !== 'unlink');
it.each(refusing)('a disk that refuses at $call (call $number) of a signed charge refuses the release', ({ number }) =>
  inDirectory(async (directory) => {
    const ledger = await openLedger(directory, signed);
    await ledger.charge(chargeOf(0));
    let calls = 0;
    interceptDisk(async (_call, act) => {
      if (calls++ === number) throw errno('ENOSPC');
      return act();
    });
    await expect(ledger.charge(chargeOf(1))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await restoreDisk();
    const there = number > linked ? 2 : 1;
    expect(await readLedger(directory)).toMatchObject({ releases: there, fault: null });
    // The same process goes on once the disk does, and signs what it has left.
    await ledger.charge(chargeOf(2));
    const after = await readLedger(directory);
    expect(after).toMatchObject({
      releases: there + 1,
      fault: null,
      epsilon: ledger.epsilon,
      signature: { unsigned: 0 },
    });
  }),
);
