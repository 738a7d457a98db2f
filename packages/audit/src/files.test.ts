import { readFile, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAuditLog } from './open.js';
import { inDirectory, sampleEvent } from './testing/fixtures.js';

describe.skipIf(process.platform === 'win32')('the files of a log', () => {
  it('are for their owner alone, whatever the mask, as is the folder', () =>
    inDirectory(async (parent) => {
      const mask = process.umask(0);
      onTestFinished(() => void process.umask(mask));
      const directory = join(parent, 'audit');
      const log = await openAuditLog(directory);
      await log.append(sampleEvent(0));
      const modes = await Promise.all(
        ['.', 'log.jsonl', 'head.json', 'log.lock'].map(async (name) => (await stat(join(directory, name))).mode),
      );
      await log.close();
      expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600', '600']);
    }));

  it.each(['log.jsonl', 'head.json'])('are not written to through a link in place of %s', (name) =>
    inDirectory(async (directory) => {
      const options = { fsync: false }; // else a new head takes the place of the link
      const log = await openAuditLog(directory, options);
      await log.append(sampleEvent(0));
      await log.close();
      const [path, theirs] = [join(directory, name), join(directory, 'theirs')];
      await rename(path, theirs);
      await symlink(theirs, path);
      const before = await readFile(theirs, 'utf8');
      const opened = openAuditLog(directory, options).then(async (log) => {
        try {
          await log.append(sampleEvent(1));
        } finally {
          await log.close();
        }
      });
      await expect(opened).rejects.toMatchObject({ code: 'AUDIT_FAILED', message: expect.stringContaining('ELOOP') });
      expect(await readFile(theirs, 'utf8')).toBe(before);
    }),
  );
});
