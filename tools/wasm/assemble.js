// Compiles the AssemblyScript of a package, its assembly/index.ts, to its build/.
import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const options = ['--runtime', 'stub', '-O3', '--converge', '--noAssert', '--enable', 'simd'];

/**
 * @param {URL} folder of the package
 * @param {Record<string, string[]>} builds options of the compiler beside those that all have, by the name of the file
 */
export async function assemble(folder, builds) {
  const root = fileURLToPath(folder);
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
}
