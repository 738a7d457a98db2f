import { hostname } from 'node:os';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from './lock.js';
import { openAuditLog } from './open.js';
import { inDirectory } from './testing/fixtures.js';

describe('the lock of a log', () => {
  it('lets one writer in at a time, also within one process', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      const path = join(directory, 'log.lock');
      const message = expect.stringContaining(`${path} is held by process ${process.pid}, which runs`) as string;
      await expect(openAuditLog(directory)).rejects.toMatchObject({ code: 'AUDIT_FAILED', subject: path, message });
      await log.close();
      await (await openAuditLog(directory)).close();
    }));

  it('of another machine is broken only where the caller says so', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'log.lock');
      await writeFile(path, JSON.stringify({ host: `not-${hostname()}`, pid: 7, started: 'of-another-boot:1' }));
      const message = expect.stringMatching(/process 7 on not-.*it can't be told from here.*--break-lock/) as string;
      await expect(acquireLock(path)).rejects.toMatchObject({ code: 'AUDIT_FAILED', message });
      await (
        await acquireLock(path, { breakUnknown: true })
      )();
    }));

  it('that can not be made says so as the log does', async () => {
    const path = join('/proc', 'nowhere', 'log.lock');
    await expect(acquireLock(path)).rejects.toMatchObject({ code: 'AUDIT_FAILED', subject: path });
  });
});
