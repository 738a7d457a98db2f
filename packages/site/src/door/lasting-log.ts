import { verifyConsistency, type SignedAuditLog } from '@fedward/audit';
import { FedwardError, hasCode } from '@fedward/core';
import { hasErrno } from '@fedward/kit-files';

/**
 * A log that is opened anew where its disk was full: one that was refused a write takes no more, and without this a daemon would
 * fail at every task, though there is room again, until somebody starts it anew. What was refused was not acknowledged; opening
 * sets aside what is left of it, and what was acknowledged must be there (RFC 6962, section 2.1.2). Any other refusal stays one.
 *
 * @param open the log, each time
 * @throws {FedwardError} as `open`. `append` and `rotate`: as the log's own, and as `open`; AUDIT_TAMPERED where entries that
 *   were acknowledged are gone
 */
export async function lastingLog(open: () => Promise<SignedAuditLog>): Promise<SignedAuditLog> {
  let log = await open();
  let isFull = false;
  let opening: Promise<void> | undefined;
  const openAnew = async (): Promise<void> => {
    const { size, root } = log;
    await log.close().catch(() => undefined); // it has told why it takes no more
    const opened = await open();
    try {
      await assertGrown({ size, root }, opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
    log = opened;
    isFull = false;
  };
  const add = async <T>(work: (log: SignedAuditLog) => Promise<T>): Promise<T> => {
    if (isFull) await (opening ??= openAnew().finally(() => (opening = undefined)));
    const used = log;
    try {
      return await work(used);
    } catch (error) {
      if (used === log && isDiskFull(error)) isFull = true;
      throw error;
    }
  };
  return {
    append: (event) => add((used) => used.append(event)),
    rotate: (signer) => add((used) => used.rotate(signer)),
    head: (known) => log.head(known),
    prove: (index) => log.prove(index),
    async close() {
      await opening?.catch(() => undefined);
      await log.close();
    },
    get size() {
      return log.size;
    },
    get root() {
      return log.root;
    },
    get verifierKey() {
      return log.verifierKey;
    },
  };
}

function isDiskFull(error: unknown): boolean {
  if (!hasCode(error, 'AUDIT_FAILED')) return false;
  return hasErrno(error.cause, 'ENOSPC') || hasErrno(error.cause, 'EDQUOT');
}

/** @throws {FedwardError} AUDIT_TAMPERED */
async function assertGrown({ size, root }: Pick<SignedAuditLog, 'size' | 'root'>, log: SignedAuditLog): Promise<void> {
  if (size === 0 || (size === log.size && root === log.root)) return;
  const proof = (await log.head([size]))?.grown?.[0]?.proof;
  if (
    proof &&
    verifyConsistency({ firstSize: size, secondSize: log.size, firstRoot: root, secondRoot: log.root, proof })
  )
    return;
  throw new FedwardError(
    'AUDIT_TAMPERED',
    `the log had ${size} entries before its disk was full, and they are not in it`,
    'log',
  );
}
