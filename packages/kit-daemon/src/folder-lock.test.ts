import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockFolder, lockName } from './folder-lock.js';
import { folder } from './testing/folder.js';

const quick = { everyMilliseconds: 10, silenceMilliseconds: 60 };
const rhythms = { here: quick, elsewhere: quick };

describe('the lock of a folder', () => {
  it('lets one daemon in, and says who it is and how to stop it', async () => {
    const path = join(await folder(), 'site');
    const lock = await lockFolder(path, 'site');
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await expect(lockFolder(path, 'site')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      subject: path,
      message: expect.stringMatching(
        new RegExp(`process ${process.pid} since 20\\d\\d-.*stop it with \`fedward site stop\``),
      ) as string,
    });
    await lock.close();
    expect(existsSync(join(path, lockName))).toBe(false);
    await (await lockFolder(path, 'site')).close();
  });

  it('of a process that was killed is taken over at once', async () => {
    const path = await folder();
    const own = await lockFolder(path, 'site');
    const holder = JSON.parse(await readFile(join(path, lockName), 'utf8')) as object;
    await own.close();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await writeFile(join(path, lockName), JSON.stringify({ ...holder, pid: child.pid }));
    // Never silent within the test: only the proof can let it in.
    const never = { everyMilliseconds: 10, silenceMilliseconds: 1e9 };
    await (await lockFolder(path, 'site', { here: never, elsewhere: never })).close();
  });

  it('from before this machine was started again is taken over once nobody touches it', async () => {
    const path = await folder();
    const own = await lockFolder(path, 'site');
    const holder = JSON.parse(await readFile(join(path, lockName), 'utf8')) as object;
    await own.close();
    await writeFile(join(path, lockName), JSON.stringify({ ...holder, started: 'another-boot:1' }));
    const lock = await lockFolder(path, 'site', rhythms);
    expect(JSON.parse(await readFile(join(path, lockName), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.close();
  });

  it('of another boot that is touched is kept', async () => {
    const path = await folder();
    const lock = await lockFolder(path, 'site', rhythms);
    const file = join(path, lockName);
    const holder = JSON.parse(await readFile(file, 'utf8')) as object;
    // In place, so that the holder goes on touching this very file.
    await writeFile(file, JSON.stringify({ ...holder, started: 'another-boot:1', host: 'elsewhere' }));
    const patient = { everyMilliseconds: 10, silenceMilliseconds: 20_000 };
    await expect(lockFolder(path, 'site', { here: quick, elsewhere: patient })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('on elsewhere, not') as string,
    });
    await lock.close();
  });
});
