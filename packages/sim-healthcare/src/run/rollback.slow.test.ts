import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SimulateOptions } from './options.js';
import type { SimulationHooks } from './carry-out.js';
import { runEvents } from '../testing/run-events.js';
import { resumeSimulation, simulate } from './simulate.js';
import { verifyRun } from './verify-run.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-rollback-'));
const common: SimulateOptions = {
  ...{ scenario: 'tutorial', hospitals: 2, rounds: 4, local: false, workers: 1 },
  ...{ privacy: 'dp-sgd', delta: 1e-5, steps: 2 },
};

async function eventsOf(folder: string, type: string): Promise<unknown[]> {
  return (await runEvents(folder)).filter((event) => event.type === type);
}

/** A run that is stopped after its third round, and as it was after each of them. */
async function stopped(name: string, secureNoise: boolean): Promise<string> {
  const folder = join(parent, name);
  const stop = new AbortController();
  const onRound: SimulationHooks['onRound'] = ({ round }) => {
    cpSync(folder, join(parent, `${name}-after-${round}`), { recursive: true });
    if (round === 2) stop.abort();
  };
  const run = simulate({ ...common, secureNoise }, folder, { signal: stop.signal, onRound });
  await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  return folder;
}

let copies = 0;
function copy(of: string): string {
  const folder = join(parent, `copy-${copies++}`);
  cpSync(join(parent, of), folder, { recursive: true });
  rmSync(join(folder, 'audit', 'log.lock'), { force: true }); // of the run that was copied while it ran
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Puts a part of another folder in the place of this one's. */
function putIn(folder: string, part: 'audit' | 'checkpoints', from: string): void {
  rmSync(join(folder, part), { recursive: true });
  cpSync(join(parent, from, part), join(folder, part), { recursive: true });
  rmSync(join(folder, 'audit', 'log.lock'), { force: true });
}

beforeAll(async () => {
  await stopped('secure', true);
  await stopped('other', true);
  await stopped('seeded', false);
});

describe('a run under secure noise', () => {
  it('goes on as it was left, and counts all that it has spent', async () => {
    const folder = copy('secure');
    const result = await resumeSimulation(folder);
    expect(result.rounds.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
    expect((await verifyRun(folder)).ok).toBe(true);
    expect(await eventsOf(folder, 'round-start')).toHaveLength(4);
  });

  const refused: [what: string, named: RegExp, change: (folder: string) => void][] = [
    ['an older checkpoint of the same run', /round 1 was begun/, (f) => putIn(f, 'checkpoints', 'secure-after-0')],
    ['the checkpoint before the last', /round 2 was begun/, (f) => putIn(f, 'checkpoints', 'secure-after-1')],
    ['no checkpoint', /no checkpoint of this run/, (f) => rmSync(join(f, 'checkpoints'), { recursive: true })],
    ['a log that is missing', /no log in/, (f) => rmSync(join(f, 'audit'), { recursive: true })],
    ["another run's log", /is of run/, (f) => putIn(f, 'audit', 'other')],
    ['an older log', /the log ends before/, (f) => putIn(f, 'audit', 'secure-after-0')],
    [
      "an older log of a hospital's",
      /the log of hospital-1 has \d+ entries: it is shorter/,
      (f) => {
        rmSync(join(f, 'hospitals', 'hospital-1', 'audit'), { recursive: true });
        cpSync(join(parent, 'secure-after-0/hospitals/hospital-1/audit'), join(f, 'hospitals/hospital-1/audit'), {
          recursive: true,
        });
        rmSync(join(f, 'hospitals/hospital-1/audit/log.lock'), { force: true });
      },
    ],
    [
      'a run without the log of one of its hospitals',
      /the log of hospital-0 has \d+ entr.*: it (is shorter|was written anew)/,
      (f) => rmSync(join(f, 'hospitals/hospital-0/audit'), { recursive: true }),
    ],
    [
      "another run's log of a hospital",
      /is of run/,
      (f) => {
        rmSync(join(f, 'hospitals/hospital-0/audit'), { recursive: true });
        cpSync(join(parent, 'other/hospitals/hospital-0/audit'), join(f, 'hospitals/hospital-0/audit'), {
          recursive: true,
        });
      },
    ],
    [
      'a key that is another',
      /has other keys/,
      (f) => cpSync(join(parent, 'other/keys'), join(f, 'keys'), { recursive: true }),
    ],
    [
      'a key that is missing',
      /the key hospital-1.* is not there/,
      (f) => rmSync(join(f, 'keys', 'hospital-1.key.json')),
    ],
    [
      'a log that was begun anew',
      /no log in/,
      (f) => {
        for (const name of readdirSync(join(f, 'audit'))) rmSync(join(f, 'audit', name), { recursive: true });
      },
    ],
    [
      "another run's checkpoint of the same plan",
      /is of run/,
      (f) => {
        const own = readdirSync(join(f, 'checkpoints')).sort();
        putIn(f, 'checkpoints', 'other');
        const names = readdirSync(join(f, 'checkpoints')).sort();
        for (const [n, name] of names.entries())
          renameSync(join(f, 'checkpoints', name), join(f, 'checkpoints', own[n]!));
      },
    ],
  ];
  it.each(refused)('refuses %s', async (_, message, change) => {
    const folder = copy('secure');
    change(folder);
    const before = [...readdirSync(folder)];
    await expect(resumeSimulation(folder)).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(readdirSync(folder)).toEqual(before);
    expect(readdirSync(folder)).not.toContain('result.json');
  });
});

describe('a run whose noise is seeded', () => {
  it('may go on from the checkpoint before the last, which a crash may have left: it comes to the same bits', async () => {
    const folder = copy('seeded');
    const whole = await resumeSimulation(copy('seeded'));
    putIn(folder, 'checkpoints', 'seeded-after-1');
    const result = await resumeSimulation(folder);
    expect(result.model.sha256).toBe(whole.model.sha256);
    expect(result.privacy?.epsilon).toBe(whole.privacy?.epsilon);
  });

  it('refuses to begin anew where its log shows that there was a checkpoint', async () => {
    const folder = copy('seeded');
    rmSync(join(folder, 'checkpoints'), { recursive: true });
    await expect(resumeSimulation(folder)).rejects.toMatchObject({ code: 'CHECKPOINT_INVALID' });
  });
});

describe('a run whose rounds are done and whose results are not', () => {
  it('is held by its process until the results are there', async () => {
    const folder = join(parent, 'held');
    let refusal: Promise<unknown> | undefined;
    const resumed = () => resumeSimulation(folder).then(() => 'went on', (error: unknown) => error); // prettier-ignore
    // The run waits here, however long the other takes: else it may be over before it is asked for its log.
    const onStart: SimulationHooks['onStart'] = ({ plugins: { trainer } }) => {
      const train = trainer.train.bind(trainer);
      vi.spyOn(trainer, 'train').mockImplementation(async (...given) => {
        if (given[2].runId.endsWith('-alone')) await (refusal ??= resumed());
        return train(...given);
      });
    };
    await simulate({ ...common, local: true }, folder, { onStart });
    expect(await refusal).toMatchObject({ code: 'AUDIT_FAILED', message: expect.stringContaining('another writer') });
    expect(await eventsOf(folder, 'run-end')).toHaveLength(1);
    expect((await verifyRun(folder)).ok).toBe(true);
  });

  it('is finished by resuming it, and ends once', async () => {
    const folder = join(parent, 'cut');
    const whole = await simulate({ ...common, local: true }, join(parent, 'uncut'));
    const onTrainAlone = (): void => {
      throw new Error('killed');
    };
    await expect(simulate({ ...common, local: true }, folder, { onTrainAlone })).rejects.toThrow('killed');
    expect(await verifyRun(folder)).toMatchObject({ ok: true, state: 'unsealed', faults: [] });
    const data = await eventsOf(folder, 'data');
    expect(data).toHaveLength(common.hospitals!);
    writeFileSync(join(folder, 'model.safetensors'), 'half a mod');
    expect(await verifyRun(folder)).toMatchObject({ ok: false, state: 'unsealed' });
    writeFileSync(join(folder, 'model.safetensors.0123456789ab.writing'), '');

    const result = await resumeSimulation(folder);
    expect(result.model.sha256).toBe(whole.model.sha256);
    expect(result.rounds).toEqual(whole.rounds);
    expect(result.privacy?.epsilon).toBe(whole.privacy?.epsilon);
    expect(result.hospitals).toEqual(whole.hospitals);
    for (const type of ['run-end', 'run-sealed']) expect(await eventsOf(folder, type)).toHaveLength(1);
    expect(await eventsOf(folder, 'run-resume')).toHaveLength(0);
    expect(await eventsOf(folder, 'data')).toEqual(data); // nothing is logged but the seal
    expect(await verifyRun(folder)).toMatchObject({ ok: true });
    expect(readdirSync(folder).filter((name) => name.endsWith('.writing'))).toEqual([]);
    await expect(resumeSimulation(folder)).rejects.toMatchObject({ message: expect.stringContaining('is complete') });
  });

  it('is not finished from an older checkpoint', async () => {
    const folder = join(parent, 'cut-and-put-back');
    const onTrainAlone = (): void => {
      throw new Error('killed');
    };
    const onRound: SimulationHooks['onRound'] = ({ round }) => {
      if (round === 2) cpSync(join(folder, 'checkpoints'), join(parent, 'earlier'), { recursive: true });
    };
    await expect(simulate({ ...common, local: true }, folder, { onTrainAlone, onRound })).rejects.toThrow('killed');
    rmSync(join(folder, 'checkpoints'), { recursive: true });
    cpSync(join(parent, 'earlier'), join(folder, 'checkpoints'), { recursive: true });
    await expect(resumeSimulation(folder)).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringContaining('all 4 rounds are done'),
    });
  });
});
