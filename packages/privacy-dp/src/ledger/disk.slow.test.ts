import { hasCode } from '@fedward/core';
import { rmSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openLedger } from './open.js';
import { readLedger } from './report.js';
import { errno, interceptDisk, killedAt, restoreDisk, type DiskCall } from '../../../../tools/testing/disk.js';
import { chargeOf, inDirectory, options } from './testing/ledgers.js';

afterEach(restoreDisk);

/** What one charge asks of the disk, in this order. */
const ofCharge: readonly DiskCall[] = [
  ...(['open', 'writeFile', 'datasync', 'close', 'link'] as const),
  ...(['open', 'sync', 'close', 'unlink'] as const),
];
/** Once this call is made, the charge is in the ledger. */
const linked = ofCharge.indexOf('link');

const points = ofCharge.flatMap((call, number) => [false, true].map((made) => ({ call, number, made })));

describe('a process that is killed', () => {
  it.each(points)('at $call (call $number, made: $made) of a charge loses nothing that was charged', (point) =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      await ledger.charge(chargeOf(0));
      await ledger.charge(chargeOf(1));
      const { call, number, made } = point;
      expect(await killedAt(number, made, () => ledger.charge(chargeOf(2)))).toBe(call);
      const there = number > linked || (number === linked && made) ? 3 : 2;
      expect(await readLedger(directory)).toMatchObject({ releases: there, fault: null });
      const next = await openLedger(directory, options);
      await next.charge(chargeOf(3));
      const after = await readLedger(directory);
      expect(after).toMatchObject({ releases: there + 1, fault: null, epsilon: next.epsilon });
    }),
  );

  it('at the end of a charge was asked for all these calls, and no more', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      expect(await killedAt(ofCharge.length, true, () => ledger.charge(chargeOf(0)))).toBe('survived');
    }));

  it('at any call while it makes a ledger leaves one that can be made, or is', async () => {
    let survived = 0;
    for (let number = 0; survived === 0; number++)
      for (const made of [false, true])
        await inDirectory(async (parent) => {
          const directory = join(parent, 'a', 'b');
          if ((await killedAt(number, made, () => openLedger(directory, options))) === 'survived') survived = number;
          const ledger = await openLedger(directory, options);
          await ledger.charge(chargeOf(0));
          expect(await readLedger(directory)).toMatchObject({ releases: 1, fault: null });
        });
    expect(survived).toBeGreaterThan(ofCharge.length);
  });
});

describe('a disk that refuses', () => {
  const refusing = points.filter(({ made, call }) => !made && call !== 'unlink');
  it.each(refusing)('at $call (call $number) of a charge refuses the release', ({ number }) =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      await ledger.charge(chargeOf(0));
      let calls = 0;
      interceptDisk(async (_call, act) => {
        if (calls++ === number) throw errno('ENOSPC');
        return act();
      });
      const refusal = await ledger.charge(chargeOf(1)).catch((error: unknown) => error);
      await restoreDisk();
      expect(hasCode(refusal, 'STORAGE_FAILED')).toBe(true);
      expect(refusal).toMatchObject({
        subject: expect.stringContaining('00000002.json'),
        message: expect.stringMatching(/ENOSPC.*nothing is released/),
      });
      const there = number > linked ? 2 : 1;
      expect(await readLedger(directory)).toMatchObject({ releases: there, fault: null });
      // The same process goes on once the disk does.
      await ledger.charge(chargeOf(2));
      expect(await readLedger(directory)).toMatchObject({ releases: there + 1, fault: null, epsilon: ledger.epsilon });
    }),
  );

  it('in the middle of a file leaves no half of a release', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      interceptDisk(async (call, act, handle) => {
        if (call !== 'writeFile') return act();
        await handle!.write('{"epsilonAfter":0.');
        throw errno('ENOSPC');
      });
      await expect(ledger.charge(chargeOf(0))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      await restoreDisk();
      expect(await readLedger(directory)).toMatchObject({ releases: 0, fault: null });
    }));

  it('to make the directory is named', () =>
    inDirectory(async (directory) => {
      writeFileSync(join(directory, 'file'), '');
      const inside = join(directory, 'file', 'ledger');
      await expect(openLedger(inside, options)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    }));

  it.skipIf(process.getuid?.() === 0)('since it can only be read refuses the release', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      await chmod(join(directory, 'releases'), 0o500);
      await expect(ledger.charge(chargeOf(0))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      await chmod(join(directory, 'releases'), 0o700);
    }),
  );

  it('since the ledger was moved away refuses the release', () =>
    inDirectory(async (directory) => {
      const ledger = await openLedger(directory, options);
      rmSync(directory, { recursive: true });
      await expect(ledger.charge(chargeOf(0))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    }));
});
