import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { start, temporaryFolder } from './support/command.ts';

const run = (out: string): string[] => [
  ...['simulate', '--scenario', 'tutorial', '--privacy', 'none', '--rounds', '1', '--no-local', '--json'],
  ...['--out', out],
];

/** Where every write fails with "no space left". */
describe.skipIf(!existsSync('/dev/full'))('a run is worth more than its lines', () => {
  it('goes on where stderr takes nothing', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code, stdout } = await start(run(out), undefined, 'exec 2>/dev/full');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'tutorial', audit: { verified: true } });
  });

  it('ends where stdout takes nothing, and says that what it wrote there is lost', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code, stderr } = await start(run(out), undefined, 'exec 1>/dev/full');
    expect(code).toBe(1);
    expect(stderr).toMatch(/written on stdout is lost: .*no space left/i);
    expect(existsSync(join(out, 'result.json'))).toBe(true);
  });

  it('ends where neither takes anything', async () => {
    const out = join(temporaryFolder(), 'run');
    expect((await start(run(out), undefined, 'exec 1>/dev/full 2>&1')).code).toBe(1);
    expect(existsSync(join(out, 'result.json'))).toBe(true);
  });

  it('is refused with its own exit code all the same', async () => {
    const args = ['simulate', '--scenario', 'atlantis'];
    expect((await start(args, undefined, 'exec 2>/dev/full')).code).toBe(2);
    expect((await start(['--version'], undefined, 'exec 1>/dev/full')).code).toBe(1);
  });

  it('goes on where the reader stops reading', async () => {
    const out = join(temporaryFolder(), 'run');
    const { code } = await start(run(out), undefined, 'exec 1> >(exec true); sleep 0.2');
    expect(code).toBe(0);
    expect(existsSync(join(out, 'result.json'))).toBe(true);
  });
});
