import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, Random } from '@fedward/core';
import { expect, it } from 'vitest';
import { readLedger } from './report.js';
import { inDirectory, writeSigned } from './testing/ledgers.js';

it('a bit of any byte of a signed ledger that is turned is found', () =>
  inDirectory(async (directory) => {
    await writeSigned(directory, { dataDigest: `sha256:${'a'.repeat(64)}` });
    const names = (await readdir(join(directory, 'releases'))).map((name) => join('releases', name));
    const random = new Random(1);
    let tried = 0;
    for (const path of ['ledger.json', ...names].map((name) => join(directory, name))) {
      const before = await readFile(path);
      for (let byte = 0; byte < before.length; byte++) {
        const bytes = Buffer.from(before);
        bytes[byte]! ^= 1 << Math.floor(random.uniform() * 8);
        await writeFile(path, bytes);
        const fault = await readLedger(directory).then(
          (report) => report.fault,
          (error: unknown) => hasCode(error, 'LEDGER_DAMAGED'),
        );
        expect(fault, `${path}, byte ${byte}`).toBeTruthy();
        tried++;
      }
      await writeFile(path, before);
    }
    expect(tried).toBeGreaterThan(2500);
    expect((await readLedger(directory)).fault).toBeNull();
  }));
