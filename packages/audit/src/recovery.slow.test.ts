import { join } from 'node:path';
import { expect, it } from 'vitest';
import { crashed, expectSetAside } from './testing/crashed.js';
import { inDirectory } from './testing/fixtures.js';

it('what lies behind the last checkpoint is set aside, wherever the write was cut', { timeout: 600_000 }, () =>
  inDirectory(async (parent) => {
    const state = await crashed(join(parent, 'log'));
    expect(state.journal.length).toBeGreaterThan(state.end);
    for (let cut = state.end; cut <= state.journal.length; cut++)
      await expectSetAside(join(parent, String(cut)), state, cut);
  }),
);
