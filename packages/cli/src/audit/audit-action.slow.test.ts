import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { simulate } from '@fedward/sim-healthcare';
import { run } from '../testing/run.js';
import { verifyAction, type VerifyFlags } from './audit-action.js';
import { proveAction } from './prove-action.js';

const parent = mkdtempSync(join(tmpdir(), 'fedward-audit-action-'));
const folder = join(parent, 'run');
beforeAll(async () => {
  await simulate({ scenario: 'tutorial', hospitals: 2, rounds: 1, local: false, workers: 1 }, folder);
  return () => rmSync(parent, { recursive: true });
});
afterEach(() => void vi.restoreAllMocks());

async function verify(json = false): Promise<{ code: number; text: string }> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  onTestFinished(() => write.mockRestore());
  return { code: await verifyAction(folder, { json }), text };
}

const sealed = ['plan.json', 'result.json', 'model.safetensors', 'report.html'];

it('audit verify prints what sha256sum prints, and names the file that was changed', async () => {
  const before = await verify();
  expect(before.code).toBe(0);
  expect(before.text).toMatch(/^verified: /);
  for (const file of sealed)
    expect(before.text.split('\n')).toContain(`${sha256(readFileSync(join(folder, file)))}  ${file}`);

  appendFileSync(join(folder, 'report.html'), ' ');
  const after = await verify();
  expect(after.code).toBe(1);
  expect(after.text).toMatch(/^TAMPERED: /);
  expect(after.text).toMatch(/^report\.html: it was changed/m);
  expect(after.text).not.toMatch(/^(plan|result)\.json: /m);
  const json = await verify(true);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.text)).toMatchObject({ ok: false, run: { faults: [{ file: 'report.html' }] } });
});

describe('what is kept elsewhere', () => {
  const kept = mkdtempSync(join(tmpdir(), 'fedward-audit-kept-'));
  let run: string;
  beforeAll(async () => {
    run = join(kept, 'run');
    await simulate({ scenario: 'tutorial', hospitals: 2, rounds: 1, local: false, workers: 1 }, run);
    return () => rmSync(kept, { recursive: true });
  });

  async function verifyWhat(what: string, flags: VerifyFlags): Promise<{ code: number; text: string }> {
    let text = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
    onTestFinished(() => write.mockRestore());
    return { code: await verifyAction(what, flags), text };
  }

  it('a run by the keys of its parties, or by its own, and says which', async () => {
    const own = await verifyWhat(run, {});
    expect(own).toMatchObject({ code: 0, text: expect.stringContaining("The keys are the folder's own") });
    const given = await verifyWhat(run, { keys: join(run, 'keys.txt') });
    expect(given.code).toBe(0);
    expect(given.text).not.toContain("The keys are the folder's own");
    expect(given.text).toContain('1 round with a certificate that holds');
    expect((await verifyWhat(run, { keys: join(folder, 'keys.txt') })).code).toBe(1);
  });

  it('a certificate by keys alone, and one of another run by none', async () => {
    const certificate = join(kept, 'certificate.json');
    cpSync(join(run, 'certificates', 'round-0000.json'), certificate);
    await expect(verifyWhat(certificate, {})).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: '--keys' });
    const found = await verifyWhat(certificate, { keys: join(run, 'keys.txt') });
    expect(found.code).toBe(0);
    expect(found.text).toMatch(/^verified: .*\nround 0 of run tutorial-/);
    expect(found.text).toMatch(/took part: hospital-0, hospital-1/);
    const others = await verifyWhat(certificate, { keys: join(folder, 'keys.txt'), json: true });
    expect(others.code).toBe(1);
    expect(JSON.parse(others.text)).toMatchObject({ kind: 'certificate', ok: false, keys: 'given' });
    // In the run's folder its own keys are there to be believed, which is said.
    const inside = await verifyWhat(join(run, 'certificates', 'round-0000.json'), {});
    expect(inside).toMatchObject({ code: 0, text: expect.stringContaining("The keys are the folder's own") });
  });

  it('an entry with its proof', async () => {
    const proof = join(kept, 'entry.tlog-proof');
    await proveAction(join(run, 'hospitals', 'hospital-1', 'audit'), 2, { out: proof });
    const found = await verifyWhat(proof, { keys: join(run, 'keys.txt'), json: true });
    expect(found.code).toBe(0);
    expect(JSON.parse(found.text)).toMatchObject({ kind: 'proof', ok: true, index: 2, event: { type: 'training' } });
    const others = await verifyWhat(proof, { keys: join(folder, 'keys.txt') });
    expect(others).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^DOES NOT HOLD: .*\.tlog-proof\nnone of the keys/),
    });
  });

  it("heads that were kept: a hospital's witness file, and a signed checkpoint", async () => {
    const witness = join(kept, 'witness');
    const checkpoint = join(kept, 'checkpoint');
    cpSync(join(run, 'hospitals', 'hospital-0', 'witness'), witness);
    cpSync(join(run, 'audit', 'checkpoint'), checkpoint);
    const log = join(run, 'audit');
    expect((await verifyWhat(run, { head: [witness, checkpoint] })).code).toBe(0);
    expect((await verifyWhat(log, { head: [witness, checkpoint] })).code).toBe(0);
    // Another log of the same name, signed by another key.
    const found = await verifyWhat(join(folder, 'audit'), { head: [witness] });
    expect(found.code).toBe(1);
    expect(found.text).toMatch(/^TAMPERED: /);
    await expect(verifyWhat(log, { head: [join(run, 'report.html')] })).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});

it('audit export of a run says of each entry whose log it is of, and who writes that', async () => {
  const rows = (await exported('jsonl')).map(
    (line) => JSON.parse(line) as { type: string; log: string; index: number },
  );
  expect(new Set(rows.map(({ log }) => log))).toEqual(new Set(['coordinator', 'hospital-0', 'hospital-1']));
  for (const { type, log } of rows)
    if (type === 'round-start' || type === 'training') expect(log === 'coordinator').toBe(type === 'round-start');
  const places = rows.map(({ log, index }) => `${log} ${index}`);
  expect(new Set(places).size).toBe(rows.length);
  const began = (await exported('fhir')).find((line) => line.includes('"code":"round-start"'))!;
  expect(JSON.parse(began)).toMatchObject({ source: { site: 'coordinator' } });
});

async function exported(format: string): Promise<string[]> {
  const { stdout } = await run('audit', 'export', folder, '--format', format);
  return stdout.trimEnd().split('\n');
}
