import { describe, expect, it } from 'vitest';
import { runProcess } from './process.js';

const node = process.execPath;

describe('runProcess', () => {
  it('gives what a program prints, with what it was told by its environment', async () => {
    const { stdout, seconds } = await runProcess([node, '-e', 'console.log(process.env.TOLD)'], { TOLD: 'this' });
    expect(stdout).toBe('this\n');
    expect(seconds).toBeGreaterThan(0);
  });

  it('names a program that fails, and says why', async () => {
    const error: unknown = await runProcess([node, '-e', 'console.error("no luck"); process.exit(3)']).catch((e) => e);
    expect(error).toMatchObject({ code: 'CLIENT_FAILED', subject: node });
    expect((error as Error).message).toMatch(/exit code 3: no luck/);
  });

  it('names a program that is not there', async () => {
    await expect(runProcess(['no-such-program-here'])).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
      subject: 'no-such-program-here',
    });
  });
});
