import { describe, expect, it } from 'vitest';
import { createPrivacyRecord } from './index.js';

describe('createPrivacyRecord', () => {
  const clipped = { clip: 'per-example', clipNorm: 0.5, noiseMultiplier: 2 } as const;
  const step = (
    record: ReturnType<typeof createPrivacyRecord>,
    clipNorm = 0.5,
    noise: number | undefined = 2,
  ): void => {
    record.clipped('per-example', clipNorm);
    if (noise !== undefined) record.noised(noise);
    record.endStep();
  };

  it('tells what every step did', () => {
    const record = createPrivacyRecord();
    expect(record.applied()).toBeUndefined();
    for (let i = 0; i < 3; i++) step(record);
    expect(record.applied()).toEqual(clipped);
  });

  it('tells nothing where one step did less, or something else', () => {
    const bare = (record: ReturnType<typeof createPrivacyRecord>) => record.endStep();
    const unclipped = (record: ReturnType<typeof createPrivacyRecord>) => (record.noised(2), record.endStep());
    const quiet = (record: ReturnType<typeof createPrivacyRecord>) => (
      record.clipped('per-example', 0.5),
      record.endStep()
    );
    const looser = (record: ReturnType<typeof createPrivacyRecord>) => step(record, 0.6);
    for (const other of [bare, unclipped, quiet, looser])
      for (const at of [0, 1, 2]) {
        const record = createPrivacyRecord();
        for (let i = 0; i < 3; i++) (i === at ? other : step)(record);
        expect(record.applied()).toBeUndefined();
      }
  });
});
