// Before tests, which run on the sources: assembles build/ where it is missing or older than what it is made from.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const built = ['build/trainer-simd.wasm', 'build/trainer-relaxed-simd.wasm'];

export default function setup() {
  const changed = (file) => statSync(root + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(`${root}assembly`, { recursive: true }).map((name) => `assembly/${name}`);
  const newest = Math.max(...['assemble.js', ...sources].map(changed));
  if (Math.min(...built.map(changed)) < newest)
    execFileSync(process.execPath, [`${root}assemble.js`], { stdio: 'inherit' });
}
