import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuditLog, verifyAuditLog, type SignedAuditLog } from '@fedward/audit';
import { FedwardError, type AuditEvent } from '@fedward/core';
import { signerOf } from '@fedward/kit-keys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastingLog } from './lasting-log.js';

const signer = signerOf('north', generateKeyPairSync('ed25519').privateKey);
const event = (n: number): AuditEvent => ({
  type: 'refusal',
  time: '2026-01-01T00:00:00Z',
  runId: 'run',
  details: { n },
});

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'fedward-log-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The log of the folder, which is refused a write once told so, and takes none from then on, as the log itself. */
function failing() {
  const state = { opened: 0, refused: undefined as FedwardError | undefined };
  const open = async (): Promise<SignedAuditLog> => {
    state.opened++;
    state.refused = undefined;
    const log = await openAuditLog(join(folder, 'audit'), { signer, runId: 'run' });
    const append: SignedAuditLog['append'] = (one) => (state.refused ? Promise.reject(state.refused) : log.append(one));
    return {
      append,
      rotate: (next) => log.rotate(next),
      head: (known) => log.head(known),
      prove: (index) => log.prove(index),
      close: () => log.close(),
      get size() {
        return log.size;
      },
      get root() {
        return log.root;
      },
      verifierKey: log.verifierKey,
    };
  };
  const refuse = (code: string) =>
    void (state.refused = new FedwardError('AUDIT_FAILED', 'no', 'journal', {
      cause: Object.assign(new Error(), { code }),
    }));
  return { state, open, refuse };
}

describe('a log whose disk was full', () => {
  it('is opened anew with the next entry, once for all that come, and has what was acknowledged', async () => {
    const { state, open, refuse } = failing();
    const log = await lastingLog(open);
    await log.append(event(0));
    refuse('ENOSPC');
    await expect(log.append(event(1))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    expect(state.opened).toBe(1);
    const receipts = await Promise.all([2, 3, 4].map((n) => log.append(event(n))));
    expect(state.opened).toBe(2);
    // 0: who opened it, 1: the first event, 2: who opened it again.
    expect(receipts.map(({ index }) => index)).toEqual([3, 4, 5]);
    expect(log.size).toBe(6);
    await log.close();
    expect(await verifyAuditLog(join(folder, 'audit'), { keys: [signer.verifierKey] })).toMatchObject({
      ok: true,
      size: 6,
    });
  });

  it('is tried again as often as there is no room to open it', async () => {
    const { state, open, refuse } = failing();
    let isFull = false;
    const log = await lastingLog(() =>
      isFull ? Promise.reject(new FedwardError('AUDIT_FAILED', 'no room', 'x')) : open(),
    );
    refuse('EDQUOT');
    isFull = true;
    for (let n = 0; n < 3; n++) await expect(log.append(event(n))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    isFull = false;
    await log.append(event(3));
    expect(state.opened).toBe(2);
    await log.close();
  });

  it('is not gone on with where entries are missing that were acknowledged', async () => {
    const { open, refuse } = failing();
    const log = await lastingLog(open);
    await log.append(event(0));
    cpSync(join(folder, 'audit'), join(folder, 'older'), { recursive: true });
    await log.append(event(1));
    refuse('ENOSPC');
    await expect(log.append(event(2))).rejects.toThrow();
    rmSync(join(folder, 'audit'), { recursive: true });
    cpSync(join(folder, 'older'), join(folder, 'audit'), { recursive: true });
    await expect(log.append(event(3))).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
    await log.close().catch(() => undefined); // the log beneath is not there any more
  });

  it('that was refused for another reason takes no more', async () => {
    const { state, open, refuse } = failing();
    const log = await lastingLog(open);
    refuse('EIO');
    for (let n = 0; n < 2; n++) await expect(log.append(event(n))).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
    expect(state.opened).toBe(1);
    await log.close();
  });
});
