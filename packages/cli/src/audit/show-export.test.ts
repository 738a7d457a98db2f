import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, parseEntryProof, proveEntry } from '@fedward/audit';
import type { AuditEvent } from '@fedward/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../testing/run.js';
import { writeOut } from './write-out.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-audit-show-'));
const log = join(parent, 'run', 'audit');
const planHash = `sha256:${'ab'.repeat(32)}`;

function event(n: number, type: AuditEvent['type'], more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    type,
    time: new Date(Date.UTC(2026, 2, 31, 23, 59, 56 + n)).toISOString(),
    runId: 'r',
    details: {},
    ...more,
  };
}

const events: readonly AuditEvent[] = [
  event(0, 'run-start', { details: { plan: 'tutorial', planHash, rounds: 2, clients: ['a', '\u001b[2J'] } }),
  event(1, 'training', { round: 0, clientId: 'a', details: { samples: 350 } }),
  event(2, 'training', { round: 0, clientId: '\u001b[2J', details: { samples: 20 } }),
  event(3, 'refusal', { round: 1, clientId: 'a', details: { code: 'POLICY_REFUSED', reason: '=HYPERLINK("x")' } }),
  event(4, 'training', { round: 1, clientId: 'a', details: { samples: 350 } }),
  event(5, 'run-end', { details: { rounds: 2, modelSha256: 'cd'.repeat(32) } }),
];

beforeAll(async () => {
  const open = await openAuditLog(log, { fsync: false });
  await Promise.all(events.map((each) => open.append(each)));
  await open.close();
  return () => rmSync(parent, { recursive: true });
});

const show = (...args: readonly string[]) => run('audit', 'show', log, ...args);
const exported = (...args: readonly string[]) => run('audit', 'export', log, ...args);

describe('audit show', () => {
  it('tells who did what, when and how much, and lets no name talk to the terminal', async () => {
    const { code, stdout, stderr } = await run('audit', 'show', join(parent, 'run'));
    // It is read, not verified, and says so.
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/fedward audit verify says/) as string });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[2]).toMatch(
      /^ {4}1 {2}2026-03-31 23:59:57\.000Z {2}a {10,}0 {2}trained; its update leaves {2,}350 records$/,
    );
    expect(lines[3]).toContain('\\u001b[2J');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    [
      ['--hospital', 'a'],
      [1, 3, 4],
    ],
    [
      ['--round', '1'],
      [3, 4],
    ],
    [
      ['--round', '0-1', '--event', 'training'],
      [1, 2, 4],
    ],
    [
      ['--event', 'refusal', '--event', 'run-end'],
      [3, 5],
    ],
    [
      ['--since', '2026-04-01'],
      [4, 5],
    ],
    [
      ['--until', '2026-03-31'],
      [0, 1, 2, 3],
    ],
    [
      ['--since', '2026-03-31T23:59:58Z', '--until', '2026-04-01T01:59:59+02:00'],
      [2, 3],
    ],
    [
      ['--until', '2026-03-31 23:59'],
      [0, 1, 2, 3],
    ],
    [['--run', 'other'], []],
    [
      ['--limit', '2'],
      [0, 1],
    ],
  ])('%j', async (args, wanted) => {
    const { stdout } = await show('--json', ...args);
    const found = JSON.parse(stdout) as { entries: { index: number }[]; more: boolean };
    expect(found.entries.map(({ index }) => index)).toEqual(wanted);
    expect(found.more).toBe(args[0] === '--limit');
    const table = await show(...args);
    expect(
      table.stdout
        .split('\n')
        .flatMap((line) => /^ +(\d+) {2}2026/.exec(line)?.[1] ?? [])
        .map(Number),
    ).toEqual(wanted);
  });

  it('says what types there are where none matches, and that there is more than was shown', async () => {
    expect((await show('--event', 'trainig')).stdout).toMatch(
      /No entry.*Types of events in it: refusal, run-end, run-start, training\.$/m,
    );
    expect((await show('--limit', '6')).stdout).not.toContain('There are more');
    expect((await show('--limit', '5')).stdout).toContain('There are more');
  });

  it.each([
    ['--round', '3-1'],
    ['--round', 'x'],
    ['--since', 'yesterday'],
    ['--since', '2026-06-31'],
    ['--until', '2026-03-31T25:00'],
    ['--limit', '0'],
  ])('refuses %s %s', async (option, value) => {
    expect(await show(option, value)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(option) });
  });

  it('says where there is no log', async () => {
    expect(await run('audit', 'show', join(parent, 'none'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/FILE_NOT_FOUND/),
    });
  });
});

describe('audit export', () => {
  it('writes CSV whose text no spreadsheet runs', async () => {
    const { code, stdout } = await exported('--format', 'csv', '--event', 'refusal');
    expect(code).toBe(0);
    const [head, row] = stdout.split('\r\n');
    expect(head).toMatch(/^index,time,type,run,round,hospital,/);
    expect(row).toContain(`"'=HYPERLINK(""x"")"`);
  });

  it('writes JSON lines, and AuditEvents that hold no reason', async () => {
    const lines = (await exported('--format', 'jsonl')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([0, 1, 2, 3, 4, 5]);
    const fhir = (await exported('--format', 'fhir')).stdout;
    expect(
      fhir
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { resourceType: string }).resourceType),
    ).toEqual(Array(9).fill('AuditEvent'));
    expect(fhir).not.toContain('HYPERLINK');
    expect(fhir).toContain('ab'.repeat(32));
  });

  it('writes a Bundle into a file', async () => {
    const file = join(parent, 'bundle.json');
    const { code, stdout } = await exported('--format', 'fhir', '--bundle', '--round', '1', '--out', file);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `6 entries of the log were read. What was asked for of them is in ${file}.\n`,
    });
    const bundle = JSON.parse(readFileSync(file, 'utf8')) as { type: string; entry: unknown[] };
    expect(bundle.type).toBe('collection');
    expect(bundle.entry).toHaveLength(3);
  });

  it.each([
    [['--format', 'csv', '--bundle'], '--bundle'],
    [['--format', 'csv', '--out', join(log, 'log.csv')], '--out'],
    [['--format', 'csv', '--out', log], '--out'],
    [['--format', 'xml'], '--format'],
    [[], '--format'],
  ])('refuses %j', async (args, named) => {
    expect(await exported(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(named) });
  });
});

describe('audit prove', () => {
  it('writes an entry with its proof, and says where nobody has signed it', async () => {
    const { code, stdout, stderr } = await run('audit', 'prove', log, '3');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^The log is not signed/) as string });
    expect(stdout).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra \S+\nindex 3\n/);
    const { entry, proof } = parseEntryProof(stdout);
    expect(JSON.parse(entry)).toEqual({ event: events[3], index: 3 });
    expect(proof).toBe((await proveEntry(log, 3)).proof);
    const file = join(parent, 'entry.tlog-proof');
    expect((await run('audit', 'prove', log, '3', '--out', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });

  it.each([
    [['6'], 'entry 6|index'],
    [['-1'], 'index'],
    [['3', '--out', join(log, 'checkpoint')], '--out'],
  ])('refuses %j', async (args, named) => {
    expect(await run('audit', 'prove', log, ...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(named),
    });
  });
});

it('what nobody reads on is written no further', async () => {
  let made = 0;
  const lines = (async function* () {
    for (; made < 1000; made++) yield 'x'.repeat(1 << 14);
  })();
  const gone = (_: unknown, done: (error?: Error) => void): boolean => {
    done(new Error('EPIPE'));
    return false;
  };
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(gone as typeof process.stdout.write);
  await writeOut(lines).finally(() => write.mockRestore());
  expect(made).toBeLessThan(10);
});
