// Compiles assembly/ to build/: once for every runtime that fedward supports, once for those with relaxed SIMD
// (Node 22 and later), where a multiply-add is one instruction.
import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const options = ['--runtime', 'stub', '-O3', '--converge', '--noAssert', '--enable', 'simd'];
const builds = { 'trainer-simd.wasm': [], 'trainer-relaxed-simd.wasm': ['--enable', 'relaxed-simd'] };

const root = fileURLToPath(new URL('.', import.meta.url));
await mkdir(`${root}build`, { recursive: true });
for (const [file, extra] of Object.entries(builds)) {
  // Under another name first: whoever reads meanwhile is not given half a file.
  const made = `build/.${process.pid}-${file}`;
  const { error, stderr } = await asc.main(
    ['assembly/index.ts', '--baseDir', root, '--outFile', made, ...options, ...extra],
    { stderr: asc.createMemoryStream() },
  );
  if (error) {
    process.stderr.write(`${stderr.toString()}\n`);
    process.exit(1);
  }
  await rename(`${root}${made}`, `${root}build/${file}`);
}
