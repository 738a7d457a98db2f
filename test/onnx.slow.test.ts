import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fedward, simulate, temporaryFolder } from './support/command.ts';

const args = ['--scenario', 'tutorial', '--rounds', '2', '--trainer', 'onnx'];
const on = (workers: number, ...more: string[]) =>
  simulate(...args, ...more, '--workers', String(workers), '--out', temporaryFolder());

it.each(['none', 'dp-sgd'])(
  'the trainer onnx gives the same bits on 1, 2 and 4 threads, privacy %s',
  async (privacy) => {
    const [one, two, four] = [
      await on(1, '--privacy', privacy),
      await on(2, '--privacy', privacy),
      await on(4, '--privacy', privacy),
    ];
    expect([one.timing.workers, two.timing.workers, four.timing.workers]).toEqual([1, 2, 4]);
    for (const several of [two, four]) {
      expect(several.model.sha256).toBe(one.model.sha256);
      expect(several.rounds).toEqual(one.rounds);
      expect(several.hospitals).toEqual(one.hospitals);
    }
  },
);

it("--backend is the machine's: of the run, not of its plan", async () => {
  const [plain, named] = [await on(1), await on(1, '--backend', 'cpu')];
  expect(named.planHash).toBe(plain.planHash);
  expect(named.model.sha256).toBe(plain.model.sha256);
  const out = join(temporaryFolder(), 'run');
  const { code, stderr } = await fedward('simulate', ...args, '--backend', 'coreml', '--out', out);
  expect([code, existsSync(out)]).toEqual([2, false]);
  expect(stderr).toMatch(/--backend: ONNX Runtime .* coreml .*cpu/);
  const other = await fedward('simulate', '--scenario', 'tutorial', '--backend', 'cpu', '--out', temporaryFolder());
  expect(other.stderr).toContain('--trainer onnx');
});

it('without onnxruntime-node says what to install, and all else works', async () => {
  const hide = join(temporaryFolder(), 'hide.mjs');
  mkdirSync(join(hide, '..'), { recursive: true });
  const hook = `export async function resolve(name, context, next) {
    if (name === 'onnxruntime-node') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(name, context);
  }`;
  const url = `data:text/javascript,${encodeURIComponent(hook)}`;
  writeFileSync(hide, `import { register } from 'node:module';\nregister(${JSON.stringify(url)});\n`);
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${before ?? ''} --import ${hide}`;
  try {
    const out = join(temporaryFolder(), 'run');
    const { code, stderr } = await fedward('simulate', ...args, '--out', out);
    expect([code, existsSync(out)]).toEqual([2, false]);
    expect(stderr).toContain('npm install onnxruntime-node@1.30');
    await simulate('--scenario', 'tutorial', '--rounds', '1', '--out', temporaryFolder());
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
});
