import { readFile, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAuditLog } from './open.js';
import { filesIn, inDirectory, putFiles, sampleEvent } from './testing/fixtures.js';

describe.skipIf(process.platform === 'win32')('the files of a log', () => {
  it('are for their owner alone, whatever the mask, as is the folder', () =>
    inDirectory(async (parent) => {
      const mask = process.umask(0);
      onTestFinished(() => void process.umask(mask));
      const directory = join(parent, 'audit');
      const log = await openAuditLog(directory);
      await log.append(sampleEvent(0));
      await log.append({ ...sampleEvent(1), details: { long: 'x'.repeat(70_000) } });
      const modeOf = async (name: string) => ((await stat(join(directory, name))).mode & 0o777).toString(8);
      const open = await Promise.all(['.', 'journal', 'log.lock', 'details'].map(modeOf));
      await log.close();
      const closed = await Promise.all(['tile', 'tile/entries', 'tile/entries/000.p', 'checkpoint'].map(modeOf));
      expect({ open, closed }).toEqual({ open: ['700', '600', '600', '700'], closed: ['700', '700', '700', '600'] });
      for (const name of filesIn(directory).keys()) expect(await modeOf(name), name).toBe('600');
    }));

  it.each(['checkpoint', 'journal', 'tile/0/000.p/1'])('are not written to through a link in place of %s', (name) =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory, { fsync: false });
      await log.append(sampleEvent(0));
      const files = filesIn(directory);
      await log.close();
      files.delete('log.lock');
      putFiles(directory, new Map([...files, ...filesIn(directory)]));
      const [path, theirs] = [join(directory, name), join(directory, 'theirs')];
      await rename(path, theirs);
      await symlink(theirs, path);
      const before = await readFile(theirs, 'utf8');
      await openAuditLog(directory, { fsync: false })
        .then(async (again) => {
          await again.append(sampleEvent(1));
          await again.close();
        })
        .catch(() => undefined); // refused, or the link is replaced
      expect(await readFile(theirs, 'utf8')).toBe(before);
    }),
  );
});
