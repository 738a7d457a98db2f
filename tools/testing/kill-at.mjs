// For `node --import`: kills its own process (SIGKILL) where it reaches a named point of fedward, so that where it dies does
// not depend on when a signal from elsewhere arrives. FEDWARD_TEST_KILL_AT names points and the how-manieth time, such as
// `site.trained#2,site.acked#1`; FEDWARD_TEST_KILL_MARKERS is a folder in which each death leaves a file, so that the process
// that is started next dies of the next in the list, and the last one lives.
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { FEDWARD_TEST_KILL_AT: list = '', FEDWARD_TEST_KILL_MARKERS: markers = '' } = process.env;
const deaths = existsSync(markers) ? readdirSync(markers).length : 0;
const next = list.split(',').filter(Boolean)[deaths];

if (next !== undefined) {
  const [point, time = '1'] = next.split('#');
  let left = Number(time);
  subscribe('fedward.point', (message) => {
    if (/** @type {{ point: string }} */ (message).point !== point || --left > 0) return;
    writeFileSync(join(markers, String(deaths)), next);
    process.kill(process.pid, 'SIGKILL');
    // Signals arrive between two statements, not always before the next one.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  });
}
