// For `node --import`: when the process ends, FEDWARD_WATCH has which files it opened by node:fs, and the most memory that it had.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { FEDWARD_WATCH: report } = process.env;
const opened = [];

/** Notes the paths that these methods are given. */
function note(owner, ...names) {
  for (const name of names) {
    const original = owner[name];
    owner[name] = function (path, ...args) {
      if (typeof path !== 'number') opened.push(String(path));
      return original.call(this, path, ...args);
    };
  }
}

note(fs, 'open', 'openSync', 'readFile', 'readFileSync', 'createReadStream');
note(fs.promises, 'open', 'readFile');
syncBuiltinESMExports();
const write = fs.writeFileSync;

process.on('exit', () => {
  write(report, JSON.stringify({ opened, kilobytes: process.resourceUsage().maxRSS }));
});
