import { describe, expect, it } from 'vitest';
import { processTrainer } from './process-trainer.js';
import { contextOf, dataOf, execArgv, initial, never, plan, runs, troubled } from './testing/processes.js';
import troubledTrainer, { fates } from './testing/troubled-trainer.js';

describe('a trainer in a process of its own', () => {
  it('gives the bits of this process, asks here what needs no data, and sends a data set once', async () => {
    process.env['FEDWARD_TEST_PASSPHRASE'] = 'x';
    const trainer = await troubled();
    expect(trainer).toMatchObject({ name: 'troubled', provides: ['correction'] });
    expect(() => trainer.validate!({ ...plan, rounds: 6 })).toThrowError(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }),
    );
    expect(trainer.stats()).toEqual({ started: 0, failed: 0 });
    const data = dataOf(fates.nothing, 300_000);
    data.features[599_999] = 5;
    const here = await troubledTrainer().train(initial, data, contextOf(), never);
    const first = await trainer.train(initial, data, contextOf(), never);
    const second = await trainer.train(
      initial,
      data,
      contextOf({ wishes: { correction: new Float32Array(6) } }),
      never,
    );
    expect(first.payload).toEqual(here.payload);
    expect(second.payload).toEqual(here.payload);
    expect(first.metrics).toEqual({ loss: 1, sum: 6, patients: 150_000, secrets: 0 });
    expect(second.metrics).toEqual(first.metrics);
    expect([first.applied, second.applied]).toEqual([undefined, { correction: true }]);
    const { pid } = trainer.stats();
    expect([first.steps, second.steps, await trainer.describe()]).toEqual([pid, pid, `troubled in ${pid}`]);
    expect(pid).not.toBe(process.pid);
    expect(await trainer.predict(plan.model, initial, dataOf(0, 1))).toEqual(new Float32Array(2));
    await trainer.close();
    expect(runs(pid!)).toBe(false);
    await expect(trainer.train(initial, data, contextOf(), never)).rejects.toMatchObject({ code: 'ABORTED' });
    delete process.env['FEDWARD_TEST_PASSPHRASE'];
  });

  it('is refused by name where its limits are none, or there is no such trainer', async () => {
    const trainer = { name: 'troubled' };
    await expect(processTrainer({ trainer, memoryMiB: 400, execArgv })).rejects.toMatchObject({
      code: 'PLUGIN_UNKNOWN',
    });
    for (const limits of [
      { memoryMiB: 64 },
      { processors: 0 },
      { niceness: 20 },
      { trainSeconds: 0 },
      { trainSeconds: 1e9 },
    ])
      await expect(processTrainer({ trainer, memoryMiB: 400, ...limits })).rejects.toMatchObject({
        ...{ code: 'ARGUMENT_INVALID', subject: Object.keys(limits)[0] },
      });
  });
});
