import { describe, expect, it } from 'vitest';
import { hasProcessTable, listProcesses, parseProcess, readMemory, readProcess } from './process-table.js';

/** As proc_pid_stat(5) has it: 2 is the name, 4 the parent, 14 to 17 the times, 22 the start. */
const stat = (name: string, state: string): string =>
  `41 (${name}) ${state} 7 41 41 0 -1 4194560 900 80 0 0 250 50 1000 200 20 0 11 0 88001 1234567 300\n`;

describe('parseProcess', () => {
  it('reads a line, whatever the name is', () => {
    for (const name of ['node', 'a b', ') R 1 (', '']) {
      expect(parseProcess(stat(name, 'S'))).toEqual({
        pid: 41,
        parent: 7,
        ended: false,
        startedAt: 88001,
        ownSeconds: 3,
        waitedSeconds: 12,
      });
    }
  });

  it('knows who has ended', () => {
    expect(parseProcess(stat('node', 'Z')).ended).toBe(true);
    expect(parseProcess(stat('Z', 'R')).ended).toBe(false);
  });
});

describe.skipIf(!hasProcessTable())('the process table', () => {
  it('has this process, with its parent and about the memory that Node says', () => {
    expect(listProcesses()).toEqual(expect.arrayContaining([process.pid, process.ppid]));
    expect(readProcess(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid, ended: false });
    const { resident, proportional } = readMemory(process.pid);
    expect(resident / process.memoryUsage.rss()).toBeGreaterThan(0.9);
    expect(resident / process.memoryUsage.rss()).toBeLessThan(1.1);
    expect(proportional).toBeGreaterThan(0);
    expect(proportional).toBeLessThanOrEqual(resident);
  });

  it('has nothing of who is not there', () => {
    const nobody = 2 ** 22 + 1; // above the largest id that Linux gives
    expect(readProcess(nobody)).toBeUndefined();
    expect(readMemory(nobody)).toEqual({ resident: 0, proportional: 0 });
  });
});
