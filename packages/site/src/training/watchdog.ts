import { Worker } from 'node:worker_threads';

/** What the training process says on its standard error before it ends itself for memory. */
export const overMemory = 'fedward: the training process has more memory than it may';

/** How often it looks, in milliseconds. */
const every = 100;

/**
 * A thread that looks after this process, whatever its main thread is at: it ends the process, and what that has started,
 * once it has more memory than it may, or once the daemon that started it is gone. JavaScript as text, since the thread is
 * to load nothing.
 */
const watching = `
const { writeSync } = require('node:fs');
const { mostBytes, overMemory, group } = require('node:worker_threads').workerData;
const parent = process.ppid;
const end = () => process.kill(group ? -process.pid : process.pid, 'SIGKILL');
setInterval(() => {
  if (process.ppid !== parent) end();
  if (process.memoryUsage.rss() <= mostBytes) return;
  try { writeSync(2, overMemory + '\\n'); } catch {}
  end();
}, ${every});
`;

/**
 * @param mostBytes of memory that is resident
 * @param group whether this process leads a group of its own, which is then ended whole
 */
export function watchOver(mostBytes: number, group: boolean): void {
  const worker = new Worker(watching, {
    ...{ eval: true, execArgv: [], env: {}, stdin: false },
    workerData: { mostBytes, overMemory, group },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
}
