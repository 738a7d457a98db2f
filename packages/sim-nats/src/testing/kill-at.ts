import { channel } from 'node:diagnostics_channel';
import { pointChannel, type PointReached } from '@fedward/kit-daemon';

// Loaded before a worker of these tests: ends it with SIGKILL when it reaches a named point for the n-th time.
const [point, times = '1'] = (process.env['KILL_AT'] ?? '').split(' ');
let left = Number(times);
channel(pointChannel).subscribe((message) => {
  if ((message as PointReached).point === point && --left === 0) process.kill(process.pid, 'SIGKILL');
});
