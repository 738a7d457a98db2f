// Before tests, which run on the sources: assembles build/ of each package with a program in WebAssembly, where it is
// missing or older than what it is made from.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const compiler = fileURLToPath(new URL('assemble.js', import.meta.url));
const changed = (file) => statSync(file).mtimeMs;

export default function setup() {
  for (const name of readdirSync(packages)) {
    const folder = `${packages}${name}/`;
    const assemble = `${folder}assemble.js`;
    if (existsSync(assemble) && isStale(folder, [compiler, assemble]))
      execFileSync(process.execPath, [assemble], { stdio: 'inherit' });
  }
}

function isStale(folder, scripts) {
  const files = (of) => readdirSync(`${folder}${of}`, { recursive: true }).map((name) => `${folder}${of}/${name}`);
  const built = existsSync(`${folder}build`) ? files('build').filter((file) => file.endsWith('.wasm')) : [];
  // Of nothing built the least is Infinity.
  return (
    built.length === 0 || Math.min(...built.map(changed)) < Math.max(...[...scripts, ...files('assembly')].map(changed))
  );
}
