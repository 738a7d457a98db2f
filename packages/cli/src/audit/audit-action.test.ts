import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { simulate } from '@fedward/sim-healthcare';
import { verifyAction } from './audit-action.js';

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
