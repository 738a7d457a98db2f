import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fedward, simulate, start, temporaryFolder, type Finished } from './support/command.ts';
import { runEvents } from './support/run-events.ts';

const goOn = 'to go on: fedward simulate --resume --out';

/** What failed under way: exit code 1, the code, and what to do; to resume is said only where it helps. */
function expectFailure({ code, stderr }: Finished, errorCode: string, advice = goOn): void {
  expect(code, stderr).toBe(1);
  expect(stderr).toContain(errorCode);
  expect(stderr).toContain(advice);
  if (advice !== goOn) expect(stderr).not.toContain(goOn);
}

const eventTypes = async (out: string): Promise<string[]> => (await runEvents(out)).map(({ type }) => type);

describe('a failure under way is named and logged, and says what to do', () => {
  it('a NaN update names site, round and tensor', async () => {
    const out = temporaryFolder();
    const finished = await fedward(
      ...['simulate', '--scenario', 'tutorial', '--privacy', 'none', '--model', 'mlp', '--rounds', '3'],
      ...['--optimizer', 'sgd', '--learning-rate', '1e30', '--out', out],
    );
    expectFailure(finished, 'UPDATE_NOT_FINITE', '--learning-rate');
    expect(finished.stderr).toMatch(/round 0: the update of hospital-0 .* tensor 0\.dense\.kernel/);
    expect(await eventTypes(out)).toContain('run-failure');
    const again = await fedward('simulate', '--resume', '--out', out);
    expectFailure(again, 'UPDATE_NOT_FINITE', '--learning-rate');
    expect((await fedward('audit', 'verify', out)).code).toBe(0);
  });

  it('a quorum that is not met', async () => {
    const out = temporaryFolder();
    const finished = await fedward(
      ...['simulate', '--scenario', 'tutorial', '--rounds', '30', '--drop-rate', '0.5', '--quorum', '4'],
      ...['--out', out],
    );
    expectFailure(finished, 'QUORUM_NOT_MET', 'the seed says who drops out');
    expect(await eventTypes(out)).toEqual(expect.arrayContaining(['dropout', 'run-failure']));
  });

  it('a budget that is spent: refused before the round starts, and never passed', async () => {
    const out = temporaryFolder();
    const finished = await fedward(
      'simulate',
      ...['--scenario', 'tutorial', '--rounds', '30', '--budget', '1.5', '--out', out],
    );
    expectFailure(finished, 'BUDGET_EXCEEDED', 'more noise, fewer rounds or a larger budget');
    expect(finished.stderr).toMatch(/round \d+ would take hospital-0 to epsilon 1\.5\d*/);
    const types = await eventTypes(out);
    expect(types.slice(-2)).toEqual(['refusal', 'run-failure']);
    const starts = types.filter((type) => type === 'round-start').length;
    expect(types.filter((type) => type === 'training')).toHaveLength(5 * starts);
    expect(existsSync(join(out, 'result.json'))).toBe(false);
  });

  it('a full disk: nothing is released that was not logged, and the run goes on once there is room', async () => {
    const args = ['--scenario', 'tutorial', '--rounds', '20', '--no-local'];
    const whole = await simulate(...args, '--out', temporaryFolder());
    const out = temporaryFolder();
    // No file may grow past 24 KiB: the log meets this first, as it would meet the end of a disk.
    const finished = await start(['simulate', ...args, '--out', out], undefined, 'ulimit -f 24');
    expectFailure(finished, 'AUDIT_FAILED');
    const resumed = await fedward('simulate', '--resume', '--out', out, '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((JSON.parse(resumed.stdout) as typeof whole).model.sha256).toBe(whole.model.sha256);
    expect((await fedward('audit', 'verify', out)).code).toBe(0);
  });

  it('a disk that is too full for a checkpoint', async () => {
    const args = ['--scenario', 'tutorial', '--privacy', 'none', '--model', 'mlp', '--rounds', '2', '--no-local'];
    const out = temporaryFolder();
    const finished = await start(['simulate', ...args, '--out', out], undefined, 'ulimit -f 24');
    expectFailure(finished, 'STORAGE_FAILED');
    expect((await fedward('simulate', '--resume', '--out', out)).code).toBe(0);
  });
});

it('a log that was changed is not resumed, and verification says where', async () => {
  const out = temporaryFolder();
  const args = ['--scenario', 'tutorial', '--rounds', '30', '--budget', '1', '--out', out];
  await fedward('simulate', ...args);
  const entries = join(out, 'audit', 'tile', 'entries', '000.p');
  const path = join(entries, readdirSync(entries)[0]!);
  const text = readFileSync(path, 'latin1');
  const at = text.indexOf('"round":0');
  const changed = Number(/"index":(\d+)\}/.exec(text.slice(at))![1]);
  writeFileSync(path, text.replace('"round":0', '"round":1'), 'latin1');
  const verified = await fedward('audit', 'verify', out);
  expect(verified.code).toBe(1);
  expect(verified.stdout).toMatch(new RegExp(`TAMPERED[\\s\\S]*line ${changed + 1},`));
  const resumed = await fedward('simulate', '--resume', '--out', out);
  expect(resumed.code).toBe(1);
  expect(resumed.stderr).toContain('AUDIT_TAMPERED');
});

it('a run whose checkpoint was taken away is not begun again', async () => {
  const out = temporaryFolder();
  await fedward('simulate', '--scenario', 'tutorial', '--rounds', '30', '--budget', '1', '--out', out);
  rmSync(join(out, 'checkpoints'), { recursive: true });
  const resumed = await fedward('simulate', '--resume', '--out', out);
  expect(resumed.code).toBe(1);
  expect(resumed.stderr).toContain('CHECKPOINT_INVALID');
});
