import { subscribe } from 'node:diagnostics_channel';
import { pointChannel, type PointReached } from '@fedward/kit-daemon';

// Preloaded by a test (`--import`): ends the process, as a power cut would, at the point that FEDWARD_KILL_AT names.
const point = process.env['FEDWARD_KILL_AT'];
subscribe(pointChannel, (message) => {
  if ((message as PointReached).point === point) process.kill(process.pid, 'SIGKILL');
});
