import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crashed, expectSetAside, expectTampering } from './testing/crashed.js';
import { inDirectory, writeLog } from './testing/fixtures.js';

it('what lies behind the head is set aside, wherever the write was cut', { timeout: 600_000 }, () =>
  inDirectory(async (parent) => {
    const state = await crashed(parent);
    expect(state.log.length).toBeGreaterThan(state.end);
    for (let cut = state.end; cut <= state.log.length; cut++)
      await expectSetAside(join(parent, String(cut)), state, cut);
  }),
);

it('a log that ends before its head says is tampering, at every byte', { timeout: 600_000 }, () =>
  inDirectory(async (directory) => {
    const { log, head } = await writeLog(directory, 2);
    for (let length = 0; length < log.length; length++) await expectTampering(directory, log, head, length);
  }),
);
