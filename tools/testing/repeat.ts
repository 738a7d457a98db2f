/**
 * `npm run test:repeat -- 20 --load` runs `npm test` 20 times in a row and reports on each; with `--load` every second
 * time beside as many busy processes as there are cores. Exit code 1 where one of them failed, whose output is kept.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { load: { type: 'boolean', default: false } },
});
const times = Number(positionals[0] ?? 20);
if (!Number.isInteger(times) || times < 1) throw new RangeError(`how often? '${positionals[0]}' is no such number`);

const folder = mkdtempSync(join(tmpdir(), 'fedward-repeat-'));
say(`${times} runs of npm test; their output: ${folder}`);
let failures = 0;
for (let run = 1; run <= times; run++) {
  const loaded = values.load && run % 2 === 0;
  const busy = loaded ? Array.from({ length: availableParallelism() }, keepBusy) : [];
  const output = openSync(join(folder, `${run}.txt`), 'w');
  const began = performance.now();
  const { status } = spawnSync('npm', ['test'], { stdio: ['ignore', output, output] });
  for (const child of busy) child.kill();
  if (status !== 0) failures++;
  const seconds = Math.round((performance.now() - began) / 1000);
  say(`${run} of ${times}${loaded ? ', under load' : ''}: ${status === 0 ? 'green' : 'FAILED'} in ${seconds} s`);
}
say(`${times - failures} green, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function keepBusy(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
