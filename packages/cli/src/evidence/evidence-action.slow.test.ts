import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPack, renderPack, writePack, type PackFacts } from '@fedward/compliance';
import { createKey } from '@fedward/kit-keys';
import { simulate } from '@fedward/sim-healthcare';
import { evidenceFacts } from '@fedward/sim-healthcare/evidence';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testing/run.js';
import { verifiedPack } from './verify-pack-action.js';
import { recompute, wordsOf } from './recompute.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-evidence-action-'));
const folder = join(parent, 'run');
const keys = join(parent, 'keys');
const other = join(parent, 'other');
beforeAll(async () => {
  const options = { scenario: 'tutorial', hospitals: 2, rounds: 1, local: false, workers: 1 };
  await simulate(options, folder);
  await simulate({ ...options, seed: 43 }, other);
  await createKey({ directory: keys, name: 'officer' });
  return () => rmSync(parent, { recursive: true });
});

/** This program, in this process. */
const here = async (args: readonly string[]): Promise<string> => (await run(...args)).stdout;

describe('fedward evidence', () => {
  it('of a run that was changed is written, says so, and ends with exit code 1', async () => {
    const changed = join(parent, 'changed');
    cpSync(folder, changed, { recursive: true });
    appendFileSync(join(changed, 'report.html'), ' ');
    const { code, stderr } = await run('evidence', changed, '--out', join(parent, 'changed-pack'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('DOES NOT VERIFY')]);
    expect(readFileSync(join(parent, 'changed-pack', 'index.html'), 'utf8')).toContain('THIS RUN DOES NOT VERIFY');
  });

  it('writes a pack, signed and in one file, that verifies against its key and its run', async () => {
    const [out, zip] = [join(parent, 'pack'), join(parent, 'pack.zip')];
    const made = await run(
      'evidence',
      folder,
      '--out',
      out,
      '--zip',
      zip,
      '--sign',
      'officer',
      '--keys',
      keys,
      '--json',
    );
    expect(made.stderr).toBe('');
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ folder: out, documents: 12, signed: { name: 'officer' } });
    for (const pack of [out, zip]) {
      const { code, stdout } = await run('evidence', 'verify', pack, '--keys', join(keys, 'officer.vkey'), '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, signedBy: ['officer'], faults: [] });
    }
    writeFileSync(join(out, 'privacy.md'), 'epsilon 0\n');
    const { code, stdout } = await run('evidence', 'verify', out);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DIFFERS: [^]*^privacy\.md: it was changed/m);
  });

  it('finds each statement again in its run, and says which differ in another', async () => {
    const out = join(parent, 'again');
    await writePack(renderPack(await evidenceFacts(folder)), out);
    const own = await verifiedPack(out, { run: folder }, here);
    expect(own.ok).toBe(true);
    const of = (outcome: string, { statements }: typeof own) => statements.filter((each) => each.outcome === outcome);
    expect(of('differs', own)).toEqual([]);
    expect(of('found again', own).length).toBeGreaterThan(60);
    // The plan, and the weights: for whoever has data and time.
    expect(of('not run', own).map(({ document }) => document)).toEqual(['replay', 'replay']);
    const another = await verifiedPack(out, { run: other }, here);
    expect(another.ok).toBe(false);
    expect(new Set(of('differs', another).map(({ document }) => document))).toEqual(
      new Set(['data-flow', 'approvals', 'audit-proofs', 'model-card', 'settings', 'deletion', 'processing']),
    );
  });

  it('makes one part anew, for people and for programs', async () => {
    const { stdout } = await run('evidence', 'show', folder, 'deletion');
    expect(stdout).toMatch(/^End-of-study deletion record: [^]*needs a person: who deleted/);
    const json = await run('evidence', 'show', folder, 'deletion', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'deletion', statements: expect.any(Array) as unknown });
    const declared = join(parent, 'declarations.yaml');
    writeFileSync(declared, 'purpose: quality of care\n');
    const told = await run('evidence', 'show', folder, 'processing', '--declarations', declared);
    expect(told.stdout).toContain('purpose: quality of care');
  });

  it.each([
    ['a folder inside of the run', () => ['evidence', folder, '--out', join(folder, 'pack')], '--out'],
    ['a folder that is not empty', () => ['evidence', folder, '--out', keys], '--out'],
    ['a part that there is not', () => ['evidence', 'show', folder, 'everything'], 'everything'],
    ['declarations that are none', () => ['evidence', 'show', folder, 'privacy', '--declarations', join(folder, 'model-card.md')], expect.stringContaining('model-card.md')], // prettier-ignore
    ['keys without a name', () => ['evidence', folder, '--out', join(parent, 'x'), '--keys', keys], '--sign'],
  ])('refuses %s', async (_, args, subject) => {
    const { code, stdout } = await run(...args(), '--json');
    expect(code).not.toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ error: { subject } });
    expect(existsSync(join(parent, 'x'))).toBe(false);
  });
});

describe('commands of a pack that nobody trusts', () => {
  it('are run where they only read, and never by a shell', async () => {
    const asked: string[][] = [];
    const commands = [
      'fedward simulate --scenario tutorial --out "$NEW" --json',
      'fedward audit verify "$RUN" --json',
      'fedward audit verify "$RUN"; rm -rf x',
      'fedward audit verify `id`',
      'fedward audit verify $(id)',
      'fedward keys new x',
      'rm -rf x',
      '',
    ];
    const statements = commands.map((command) => ({ document: 'x', says: '', command, pointer: '/ok', expect: true }));
    const outcomes = await recompute(statements, {} as PackFacts, { RUN: 'a b' }, (args) => {
      asked.push([...args]);
      return Promise.resolve('{"ok": true}');
    });
    expect(asked).toEqual([['audit', 'verify', 'a b', '--json']]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'not run',
      'found again',
      ...Array<string>(6).fill('not run'),
    ]);
  });

  it('are parted as a shell parts them', () => {
    expect(wordsOf(`a "$RUN"/x 'it'\\''s' b=c`, { RUN: '/r r' })).toEqual(['a', '/r r/x', "it's", 'b=c']);
    expect(wordsOf('a "$GONE"', {})).toBeUndefined();
    for (const bad of ['a | b', 'a > b', 'a && b', 'a $', 'a "$(b)"', 'a\\b']) expect(wordsOf(bad, {})).toBeUndefined();
  });

  it('that print no JSON differ', async () => {
    const statement = { document: 'x', says: '', command: 'fedward audit verify x', pointer: '/ok', expect: true };
    const [only] = await recompute([statement], {} as PackFacts, {}, () => Promise.resolve('oops'));
    expect(only).toMatchObject({ outcome: 'differs', found: null });
  });
});

it('a pack has no path of the machine, and no secret number', async () => {
  const out = join(parent, 'paths');
  await writePack(renderPack(await evidenceFacts(folder)), out);
  const { nonce } = (JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as { inputs: { nonce: string } })
    .inputs;
  for (const [file, content] of await readPack(out)) {
    expect(Buffer.from(content).includes(parent), file).toBe(false);
    expect(Buffer.from(content).includes(nonce), file).toBe(false);
  }
});
