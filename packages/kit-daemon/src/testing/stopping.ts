// A process to be told to end: `stopping.ts FATE`. It says `up`, and `stopped` when its stop has run.
import { writeSync } from 'node:fs';
import { onSignals } from '../signals.js';

const fate = process.argv[2];
onSignals(
  async () => {
    writeSync(1, 'stopping\n');
    if (fate === 'slow' || fate === 'slow-limited') await new Promise(() => undefined);
    if (fate === 'fails') throw new Error('no');
    writeSync(1, 'stopped\n');
  },
  { limitSeconds: fate === 'slow-limited' ? 0.05 : 20, reload: () => writeSync(1, 'reloaded\n') },
);
setInterval(() => undefined, 1000);
writeSync(1, 'up\n');
