import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasProcessTable, readProcess } from './process-table.js';
import { runWatched } from './watched-process.js';

const node = process.execPath;

/** What a program for `node -e` may call; `spent()` is what it has used itself, in seconds. */
const tools = `
const { spawn } = require('node:child_process');
const { appendFileSync } = require('node:fs');
const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
const burn = (seconds) => { const until = spent() + seconds; while (spent() < until) Math.sqrt(Math.random()); };
const hold = (megabytes) => (globalThis.held = Buffer.alloc(megabytes * 1e6, 1));
const say = () => appendFileSync(process.env.SAID, spent() + '\\n');
const start = (text, options) =>
  spawn(process.execPath, ['-e', process.env.TOOLS + text], { stdio: 'inherit', ...options });
`;

/** Runs a program and says what its processes said of themselves when they were done. */
async function watch(text: string, patience?: number) {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const said = join(folder, 'said');
  const run = await runWatched([node, '-e', tools + text], { TOOLS: tools, SAID: said }, patience);
  const spent = (await readFile(said, 'utf8')).trim().split('\n').map(Number);
  return { ...run, usage: run.usage!, spent, total: spent.reduce((sum, seconds) => sum + seconds, 0) };
}

describe.skipIf(!hasProcessTable())('runWatched', () => {
  it('counts the processor time of a program, its child and its grandchild once', async () => {
    const { usage, spent, total } = await watch(`
      start("burn(0.5); start('burn(0.5); say()').on('exit', say)");
      burn(0.5); say();`);
    expect(spent).toHaveLength(3);
    expect(usage.processes).toBe(3);
    expect(usage.processorSeconds).toBeGreaterThan(total - 0.03); // the kernel counts in hundredths
    expect(usage.processorSeconds).toBeLessThan(1.3 * total); // what they need to end comes on top
  });

  it('adds the memory of processes that are there at the same time', async () => {
    const both = 'start("hold(200); setTimeout(say, 1500)"); hold(200); say();';
    const after = 'start("hold(200); setTimeout(say, 500)").on("exit", () => { hold(200); setTimeout(say, 500); });';
    const together = (await watch(both)).usage;
    const inTurn = (await watch(after)).usage;
    expect(together.processes).toBe(2);
    expect(together.peakMegabytes).toBeGreaterThan(400);
    expect(inTurn.peakMegabytes).toBeGreaterThan(200);
    expect(inTurn.peakMegabytes).toBeLessThan(400);
  });

  it('counts a page that two processes share once, and all of one process', async () => {
    const alone = (await watch('setTimeout(say, 500)')).usage;
    const six = (await watch('for (let i = 0; i < 5; i++) start("setTimeout(say, 1500)"); say()')).usage;
    expect(six.processes).toBe(6);
    // The program of Node is most of what an idle one holds.
    expect(six.peakMegabytes).toBeLessThan(4.5 * alone.peakMegabytes);
    expect(alone.peakMegabytes).toBeGreaterThan(30);
  });

  it('counts a daemon whose parent has long ended, whom nobody waits for', async () => {
    const { usage, total, stdout } = await watch(`
      start("burn(1); say(); setTimeout(() => undefined, 1000)", { detached: true, stdio: 'ignore' }).unref();
      say(); console.log('gone')`);
    expect(stdout).toBe('gone\n');
    expect(total).toBeGreaterThan(1);
    expect(usage.processorSeconds).toBeGreaterThan(total - 0.03);
    expect(usage.processorSeconds).toBeLessThan(1.3 * total);
  });

  it('ends what a program leaves running, also where that holds its output', async () => {
    const { usage, stdout } = await watch(
      `const left = start("say(); process.send('there'); setTimeout(() => undefined, 3600e3)", {
         detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
       left.on('message', () => { console.log(left.pid); process.exit(); });`,
      0.3,
    );
    expect(usage.processes).toBe(2);
    await expect.poll(() => readProcess(Number(stdout))?.ended ?? true).toBe(true);
  });

  it('names a program that fails, and one that is not there', async () => {
    await expect(runWatched([node, '-e', 'console.error("no luck"); process.exit(3)'])).rejects.toMatchObject({
      code: 'CLIENT_FAILED',
      message: expect.stringMatching(/exit code 3: no luck/),
    });
    await expect(runWatched(['no-such-program-here'])).rejects.toMatchObject({ code: 'CLIENT_FAILED' });
  });
});
