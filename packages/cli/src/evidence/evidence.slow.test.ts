import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readPack, statementsIn, valueAt, type StatedIn } from '@fedward/compliance';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../testing/run.js';

const data = process.env['FEDWARD_DATA'];
const parent = mkdtempSync(join(tmpdir(), 'fedward-evidence-slow-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** The command, as somebody who has it installed would call it. */
function installCommand(): string {
  const bin = join(parent, 'fedward');
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" --conditions=fedward-source --import tsx "${cli}" "$@"\n`);
  chmodSync(bin, 0o755);
  return bin;
}

/** What each command of a pack prints, by a shell that knows its variables. */
async function printed(statements: readonly StatedIn[], variables: Readonly<Record<string, string>>) {
  installCommand();
  const env = { ...process.env, ...variables, PATH: `${parent}:${process.env['PATH']}` };
  const outputs = new Map<string, unknown>();
  for (const command of new Set(statements.map((each) => each.command))) {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { env, cwd, maxBuffer: 2 ** 28 });
    outputs.set(command, JSON.parse(stdout));
  }
  return outputs;
}

async function everyStatementIsFound(
  folder: string,
  pack: string,
  more: Readonly<Record<string, string>>,
): Promise<number> {
  const statements = statementsIn(await readPack(pack));
  const variables = { RUN: folder, PACK: pack, NEW: join(parent, `new-${pack.length}-${statements.length}`), ...more };
  const outputs = await printed(statements, variables);
  for (const { document, says, command, pointer, expect: value } of statements)
    expect(valueAt(outputs.get(command), pointer), `${document}: ${says}\n${command} at ${pointer}`).toEqual(value);
  return statements.length;
}

describe('every statement of a pack is found again by the command that it names', () => {
  it.skipIf(!data)('of a run on heart-disease', { timeout: 600_000 }, async () => {
    const [folder, pack] = [join(parent, 'heart'), join(parent, 'heart-pack')];
    expect((await run('simulate', '--scenario', 'heart-disease', '--data', data!, '--out', folder)).code).toBe(0);
    const declarations = join(parent, 'declared.yaml');
    writeFileSync(declarations, 'purpose: prediction of heart disease\nretention:\n  until: 2032-01-01\n');
    expect((await run('evidence', folder, '--out', pack, '--declarations', declarations)).code).toBe(0);
    expect(await everyStatementIsFound(folder, pack, { DATA: data! })).toBeGreaterThan(70);
  });

  it('of a private run of the tutorial with ledgers', { timeout: 600_000 }, async () => {
    const [folder, pack, ledgers] = [join(parent, 'tutorial'), join(parent, 'tutorial-pack'), join(parent, 'ledgers')];
    const simulated = await run(
      ...['simulate', '--scenario', 'tutorial', '--hospitals', '3', '--rounds', '3', '--drop-rate', '0.2'],
      ...['--epsilon', '2', '--delta', '1e-5', '--budget', '4', '--ledger', ledgers, '--out', folder],
    );
    expect(simulated.stderr).not.toMatch(/fedward: [A-Z_]+:/);
    expect(simulated.code).toBe(0);
    expect((await run('evidence', folder, '--out', pack, '--ledger', ledgers)).code).toBe(0);
    expect(await everyStatementIsFound(folder, pack, { LEDGER: ledgers })).toBeGreaterThan(70);
  });
});
