import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandFile, temporaryFolder } from './support/command.ts';

const guide = readFileSync(new URL('../docs/deployment.md', import.meta.url), 'utf8');
const natsServer = spawnSync('nats-server', ['--version']).status === 0;

/** Each block of shell is what one machine does at a time. */
const blocks = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a block from the folder of all machines; it ends with the first command that fails. */
function runBlock(block: string, folder: string): Promise<{ code: number | null; output: string }> {
  const script = `npx() { shift; "$NODE" "$FEDWARD_COMMAND" "$@"; }\nexport -f npx\nset -eo pipefail\n${block.replaceAll('nohup npx fedward', '"$NODE" "$FEDWARD_COMMAND"')}`;
  const { FEDWARD_PASSPHRASE: _, FEDWARD_SITE: __, FEDWARD_COORDINATOR: ___, ...own } = process.env;
  const env = { ...own, NODE: process.execPath, FEDWARD_COMMAND: commandFile };
  const child = spawn('bash', ['-c', script], { cwd: folder, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, output }));
  });
}

/** Ends what a test that has failed may have left: each daemon's lock has its process. */
const ends = [
  'for site in north south; do FEDWARD_SITE=$site/site npx fedward site stop; done',
  'FEDWARD_COORDINATOR=center/coordinator npx fedward coordinator stop',
];

it.skipIf(!natsServer)(
  'the commands of the guide to deployment run as they stand, in their order (needs nats-server on PATH)',
  { timeout: 900_000 },
  async () => {
    const folder = temporaryFolder();
    const [tls, webSocket] = [await freePort(), await freePort()];
    let said = '';
    try {
      expect(blocks.length).toBeGreaterThan(12);
      for (const block of blocks) {
        const own = block.replaceAll('localhost:8443', `localhost:${webSocket}`).replaceAll(':4222', `:${tls}`);
        const { code, output } = await runBlock(own, folder);
        expect(code, `${block}\n${output}`).toBe(0);
        said += output;
      }
      const result = JSON.parse(readFileSync(join(folder, 'center/results/result.json'), 'utf8')) as {
        readonly sites: readonly { readonly id: string; readonly roundsTrained: number }[];
        readonly privacy: { readonly epsilon: number };
      };
      expect(result.sites.map(({ id, roundsTrained }) => [id, roundsTrained])).toEqual([
        ['north', 4],
        ['south', 4],
      ]);
      expect(result.privacy.epsilon).toBeGreaterThan(3.9);
      expect(result.privacy.epsilon).toBeLessThanOrEqual(4);
      expect(said).toMatch(/^readmission-2 is paused/m);
      expect(said).toMatch(/^model sha256 [0-9a-f]{64}$/m);
      expect(said).toMatch(/^verified: coordinator\/studies\/readmission-1$/m);
      expect(said).toMatch(/^verified: site\/audit$/m);
      expect(readFileSync(join(folder, 'center/predictions.csv'), 'utf8').trim().split('\n')).toHaveLength(401);
    } finally {
      for (const end of ends) await runBlock(`${end} || true`, folder);
    }
  },
);
