// For `node --import`, so that where a run is interrupted does not depend on when a signal from elsewhere arrives: the
// process sends itself FEDWARD_SIGNAL once it has written FEDWARD_AFTER to stderr and made FEDWARD_CALLS more calls that
// change the disk, just before the next one (with 0: at once).
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { FEDWARD_SIGNAL: signal, FEDWARD_AFTER: after } = process.env;
let left = Number(process.env['FEDWARD_CALLS']);
let said = '';
let armed = false;

function interrupt() {
  armed = false;
  process.kill(process.pid, signal);
}

/** Counts the calls of these methods. */
function count(owner, ...names) {
  for (const name of names) {
    const original = owner[name];
    owner[name] = function (...args) {
      if (armed && left-- === 0) interrupt();
      return original.apply(this, args);
    };
  }
}

if (isMainThread) {
  const handle = await open(process.execPath);
  await handle.close();
  count(Object.getPrototypeOf(handle), 'write', 'writeFile', 'sync', 'datasync', 'truncate');
  count(fs, 'writeSync', 'renameSync', 'ftruncateSync', 'fdatasync');
  count(fs.promises, 'writeFile', 'rename', 'link', 'unlink', 'mkdir');
  syncBuiltinESMExports();

  const write = process.stderr.write;
  process.stderr.write = function (text, ...rest) {
    const done = write.call(this, text, ...rest);
    if (said.includes(after)) return done;
    said += text;
    armed = said.includes(after);
    if (armed && left === 0) interrupt();
    return done;
  };
}
