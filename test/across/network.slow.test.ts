import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { temporaryFolderOfFile } from './folder.js';
import { operated, planned, roundsOf, type Operated, type Planned } from './operated.js';

/** A network of two namespaces: in one the hub, the coordinator and two hospitals, in the other the third. */
class TestNetwork {
  readonly #name = `fw${process.pid}`;
  readonly hubAddress = '10.213.7.1';

  static mayBe(): boolean {
    try {
      execFileSync('ip', ['netns', 'add', `fw${process.pid}-try`], { stdio: 'ignore' });
      execFileSync('ip', ['netns', 'delete', `fw${process.pid}-try`], { stdio: 'ignore' });
      return process.getuid?.() === 0;
    } catch {
      return false;
    }
  }

  /** Whether this kernel has netem. */
  static canBeSlow(): boolean {
    const space = `fw${process.pid}-slow`;
    try {
      ip('netns', 'add', space);
      execFileSync('ip', ['netns', 'exec', space, 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms'], { stdio: 'ignore' }); // prettier-ignore
      return true;
    } catch {
      return false;
    } finally {
      execFileSync('ip', ['netns', 'delete', space], { stdio: 'ignore' });
    }
  }

  constructor() {
    const [near, far] = [this.#space('near'), this.#space('far')];
    ip('netns', 'add', near);
    ip('netns', 'add', far);
    ip('-n', near, 'link', 'add', 'line', 'type', 'veth', 'peer', 'name', 'line', 'netns', far);
    for (const [space, address] of [
      [near, this.hubAddress],
      [far, '10.213.7.2'],
    ] as const) {
      ip('-n', space, 'addr', 'add', `${address}/24`, 'dev', 'line');
      ip('-n', space, 'link', 'set', 'lo', 'up');
      ip('-n', space, 'link', 'set', 'line', 'up');
    }
  }

  /** What is put before a command to run it there. */
  at(side: 'near' | 'far'): readonly string[] {
    return ['ip', 'netns', 'exec', this.#space(side)];
  }

  /** Packets of the far side are lost without a word, as behind a firewall that has forgotten them. */
  cut(): void {
    ip('-n', this.#space('near'), 'link', 'set', 'line', 'down');
  }

  mend(): void {
    ip('-n', this.#space('near'), 'link', 'set', 'line', 'up');
  }

  /** @param netem as `tc qdisc ... netem` takes it, both ways; nothing: as it was made */
  shape(...netem: readonly string[]): void {
    for (const side of ['near', 'far'] as const) {
      const tc = [...this.at(side).slice(1), 'tc', 'qdisc'];
      if (netem.length === 0) execFileSync('ip', [...tc, 'del', 'dev', 'line', 'root']);
      else execFileSync('ip', [...tc, 'replace', 'dev', 'line', 'root', 'netem', ...netem]);
    }
  }

  close(): void {
    for (const side of ['near', 'far'] as const) ip('netns', 'delete', this.#space(side));
  }

  #space(side: 'near' | 'far'): string {
    return `${this.#name}-${side}`;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args);
}

describe.skipIf(!natsServer || !TestNetwork.mayBe())('a network that is cut, slow, and loses packets', () => {
  const folder = temporaryFolderOfFile();
  let network: TestNetwork;
  let deployment: Operated;
  let plan: Planned;

  beforeAll(async () => {
    // Updates of some 280 KB: more than goes in one message, so that they travel in chunks.
    const layers = [
      { type: 'dense', units: 700 },
      { type: 'activation', function: 'relu' },
      { type: 'dense', units: 2 },
    ];
    const model = { inputShape: [100], layers, loss: 'softmax-cross-entropy' };
    const size = ['--hospitals', '3', '--quorum', '3', '--rounds', '6', '--steps', '4'];
    plan = await planned(folder, 'network', size, { model, onMissedQuorum: 'fail' });
    network = new TestNetwork();
    deployment = await operated({
      host: network.hubAddress,
      before: (party) => network.at(party === 'hospital-2' ? 'far' : 'near'),
    });
    await deployment.local.start();
  }, 600_000);
  afterAll(async () => {
    await deployment?.close();
    network?.close();
  });

  it.skipIf(!TestNetwork.mayBe() || !TestNetwork.canBeSlow())(
    '50 ms there and back, 1 % loss, 1 Mbit/s: the same model',
    async () => {
      network.shape('delay', '25ms', 'loss', '1%', 'rate', '1mbit');
      await deployment.begin('slow', plan.file);
      expect((await deployment.result('slow')).model.sha256).toBe(plan.sha256);
      network.shape();
    },
  );

  it('cut for 30 s in the middle of a round: the same model', async () => {
    await deployment.begin('cut', plan.file);
    await deployment.until('cut', (now) => roundsOf(now) > 0);
    network.cut();
    await pause(30_000);
    network.mend();
    const result = await deployment.result('cut');
    expect(result.model.sha256).toBe(plan.sha256);
    const status = await deployment.local.ask('site', 'status', '--folder', deployment.local.siteFolder('hospital-2'));
    expect(status).toMatchObject({ log: { verified: true } });
    expect(result.sites.find(({ id }) => id === 'hospital-2')).toMatchObject({ roundsTrained: 6 });
  });
});
