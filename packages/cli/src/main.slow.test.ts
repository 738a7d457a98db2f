import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { visibleJson } from '@fedward/sim-healthcare/visible';
import { folderOf, run } from './testing/run.js';

describe('a command alone', () => {
  it.each([[], ['privacy'], ['audit'], ['data']])('%s: says what there is, and is no fault', async (...args) => {
    const { code, stdout, stderr } = await run(...args.flat());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: fedward/);
  });

  it('that does not exist is one', async () => {
    expect(await run('simulat')).toMatchObject({ code: 2, stderr: expect.stringMatching(/Did you mean simulate\?/) });
    expect(await run('privacy', 'epsilom')).toMatchObject({ code: 2, stderr: expect.stringMatching(/mean epsilon\?/) });
  });
});

describe('a name that is nearly one', () => {
  const tutorial = ['simulate', '--scenario', 'tutorial'];
  it.each([
    [['simulate', '--scenario', 'tutoral'], 'tutorial'],
    [['simulate', '--scenario', 'heart_disease'], 'heart-disease'],
    [[...tutorial, '--privacy', 'dpsgd'], 'dp-sgd'],
    [[...tutorial, '--model', 'logistics'], 'logistic'],
    [[...tutorial, '--aggregator', 'fed-avg'], 'fedavg'],
    [[...tutorial, '--trainer', 'wsam'], 'wasm'],
    [[...tutorial, '--accountant', 'pdl'], 'pld'],
    [[...tutorial, '--optimizer', 'addam'], 'adam'],
    [[...tutorial, '--unit', 'patients'], 'patient'],
    [['privacy', 'plan', '--epsilon', '1', '--delta', '1e-5', '--patients', '9', '--accountant', 'rpd'], 'rdp'],
    [['privacy', 'plan', '--epsilon', '1', '--delta', '1e-5', '--patients', '9', '--unit', 'recrod'], 'record'],
    [['privacy', 'audit', '--scenario', 'tutorail'], 'tutorial'],
    [['privacy', 'audit', '--privacy', 'tutorial-41'], 'tutorial-041'],
    [
      [
        'privacy',
        'epsilon',
        '--noise-multiplier',
        '1',
        '--sampling-probability',
        '0.1',
        '--steps',
        '9',
        '--delta',
        '0.1',
      ].concat('--accountant', 'gausian'),
      'gaussian',
    ],
  ])('%s', async (args, meant) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(`did you mean ${meant}?`);
  });
});

describe('a file that can not be read', () => {
  it.each([
    ['--config, missing', ['simulate', '--scenario', 'tutorial', '--config', '/nope.yaml'], 'no such file'],
    ['--config, a folder', ['simulate', '--scenario', 'tutorial', '--config', '/'], 'it is a folder, not a file'],
    ['--data, missing', ['simulate', '--scenario', 'csv', '--data', '/nope'], 'there is no folder /nope'],
    ['--data, a file', ['simulate', '--scenario', 'csv', '--data', process.execPath], 'is a file'],
    ['heart-disease without its folder', ['simulate', '--scenario', 'heart-disease', '--data', '/nope'], 'there is no'],
    ['a CSV file, missing', ['data', 'inspect', '/nope.csv'], 'there is no file /nope.csv'],
    ['a CSV file, a folder', ['data', 'inspect', '/'], 'is a folder, and the schema says neither its format'],
    ['--schema, missing', ['data', 'inspect', 'CSV', '--schema', '/nope.json'], 'no such file'],
    ['--schema, a folder', ['data', 'inspect', 'CSV', '--schema', '/'], 'it is a folder, not a file'],
    ['--resume, missing', ['simulate', '--resume', '--out', '/nope'], 'no such file'],
    ['--out, a file', ['simulate', '--scenario', 'tutorial', '--rounds', '1', '--out', 'CSV'], '--out'],
  ])('%s', async (_what, args, words) => {
    const folder = await folderOf({ 'x.csv': 'age,ill\n1,0\n2,1\n' });
    const { code, stderr } = await run(...args.map((arg) => (arg === 'CSV' ? join(folder, 'x.csv') : arg)));
    expect(code, stderr).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/E[A-Z]{4,}/);
  });
});

it('takes tab for the delimiter of that name', async () => {
  const folder = await folderOf({ 'x.csv': 'age\till\n' + '50\t0\n60\t1\n'.repeat(9) });
  const { code, stdout } = await run('data', 'inspect', join(folder, 'x.csv'), '--delimiter', 'tab');
  expect(code).toBe(0);
  expect(stdout).toContain('18 rows, 2 columns');
});

/** Names that clear the screen, and that say what the program has not said. */
const evil = '\u001b[2Jx\u009b31m\u202ey';
const liar = 'z\nfedward: verified';

/** No control characters but the program's own line feeds, no turned writing, and no line that it did not write. */
function expectPlain({ stdout, stderr }: { stdout: string; stderr: string }): void {
  for (const text of [stdout, stderr]) {
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    expect(text).not.toMatch(/^fedward: verified/m);
  }
}

describe("others' text reaches no terminal as it is", () => {
  it.each([
    ['an option', ['simulate', `--${evil}${liar}`]],
    ['a command', [`${evil}${liar}`]],
    ['a value that is refused', ['simulate', '--rounds', `${evil}${liar}`]],
    ['a scenario', ['simulate', '--scenario', `${evil}${liar}`]],
    ['a file that is not there', ['data', 'inspect', `/nowhere/${evil}${liar}`]],
    ['a config that is not there', ['simulate', '--scenario', 'tutorial', '--config', `/nowhere/${evil}${liar}`]],
    ['a folder without a log', ['audit', 'verify', `/nowhere/${evil}${liar}`]],
    ['a folder without a ledger', ['privacy', 'ledger', `/nowhere/${evil}${liar}`]],
  ])('%s', async (_what, args) => {
    const found = await run(...args);
    expect(found.code).toBe(2);
    expect(found.stderr).not.toBe('');
    expectPlain(found);
    const json = await run(...args, '--json');
    expectPlain(json);
    const { error } = JSON.parse(json.stdout) as { error: { message: string } };
    expect(error.message).toContain('z\nfedward: verified');
  });

  it('columns and levels of a file', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `"${i % 2 ? evil : liar}",${i}`).join('\n');
    const folder = await folderOf({ [`${evil}.csv`]: `"${evil}","${liar}"\n${rows}\n` });
    const found = await run('data', 'inspect', join(folder, `${evil}.csv`));
    expect(found.code).toBe(0);
    expect(found.stdout).toContain('\\u001b[2Jx');
    expectPlain(found);
    expectPlain(await run('data', 'inspect', join(folder, `${evil}.csv`), '--json'));
  });

  it('the plan and the hospitals of a run', async () => {
    const schema = {
      columns: [{ name: 'age', kind: 'numeric' }],
      label: { name: 'ill', kind: 'class', classes: ['no', 'yes'].map((name, i) => ({ name, values: [i] })) },
    };
    const rows = Array.from({ length: 30 }, (_, i) => `${40 + i},${i % 2}`).join('\n');
    const folder = await folderOf({
      'schema.json': JSON.stringify(schema),
      [`${evil}.csv`]: `age,ill\n${rows}\n`,
      [`${liar}.csv`]: `age,ill\n${rows}\n`,
      'plan.json': visibleJson(JSON.stringify({ name: `${evil}${liar}` })),
    });
    const found = await run(
      ...['simulate', '--scenario', 'csv', '--data', folder, '--rounds', '1', '--trainer', 'wasm'],
      ...['--drop-rate', '0.5', '--seed', '3', '--config', join(folder, 'plan.json'), '--out', join(folder, 'run')],
    );
    expect(found.code, found.stderr).toBe(0);
    expect(found.stderr).toContain('\\u001b[2Jx');
    expect(found.stdout).toContain('\\u001b[2Jx');
    expectPlain(found);
  });
});

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a run with exit code 130', async (signal) => {
  const out = join(await folderOf({}), 'run');
  const own = process.listeners(signal);
  const running = run('simulate', '--scenario', 'tutorial', '--rounds', '200', '--no-local', '--out', out);
  let over = false;
  void running.finally(() => (over = true));
  const added = () => process.listeners(signal).filter((listener) => !own.includes(listener));
  while (!over && added().length === 0) await new Promise(setImmediate);
  for (const listener of added()) listener(signal);
  const { code, stderr } = await running;
  expect(code, stderr).toBe(130);
  expect(stderr).toMatch(/ABORTED/);
  expect(process.listeners(signal)).toEqual(own);
});

describe('a privacy budget', () => {
  it('that no first round fits into is refused by name before anything is written', async () => {
    const out = join(await folderOf({}), 'run');
    const noisy = ['--privacy', 'dp-sgd', '--noise-multiplier', '1', '--delta', '1e-5', '--rounds', '2'];
    const tried = await run('simulate', '--scenario', 'tutorial', ...noisy, '--budget', '0.01', '--out', out);
    expect(tried).toMatchObject({
      ...{ code: 2, stdout: '' },
      stderr: expect.stringMatching(
        /^fedward: CONFIG_INCOMPATIBLE: --budget: the first round alone would spend epsilon /,
      ),
    });
    expect(tried.stderr).toMatch(/the budget is 0\.01: take more noise, fewer steps a round or a larger budget\n$/);
    expect(existsSync(out)).toBe(false);
  });
});
