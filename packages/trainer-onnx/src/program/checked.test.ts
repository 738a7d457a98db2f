import type { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkedSession } from './checked.js';
import { ports } from './model.js';
import type { Feeds, Session } from './session.js';

const tensor = (values: readonly number[], dims = [values.length]) =>
  ({ data: Float32Array.from(values), dims }) as unknown as Tensor;
const batchOf = (size: number): Feeds => ({ [ports.input]: tensor([], [size, 3]) });
const wanted = { large: null, small: null };

/** A session that gives these results, and counts. */
function giving(results: (size: number) => Record<string, readonly number[]>) {
  const did = { runs: 0, closed: 0 };
  const session: Session = {
    run: (feeds) => {
      did.runs++;
      const found = Object.entries(results(feeds[ports.input]!.dims[0]!)).map(([name, values]) => [
        name,
        tensor(values),
      ]);
      return Promise.resolve(Object.fromEntries(found) as Feeds);
    },
    close: async () => void did.closed++,
  };
  return { did, session };
}

const right = { large: [100, -3], small: [1e-7, 2e-7] };

describe('what a backend computes', () => {
  it('is held to the processor, once for each size of batch', async () => {
    const [backend, processor] = [giving(() => right), giving(() => right)];
    const session = checkedSession(backend.session, () => Promise.resolve(processor.session), 'webgpu');
    for (const size of [4, 4, 7, 4, 7]) expect(await session.run(batchOf(size), wanted)).toMatchObject({ large: {} });
    expect([backend.did.runs, processor.did.runs]).toEqual([5, 2]);
    await session.close();
    expect([backend.did.closed, processor.did.closed]).toEqual([1, 1]);
  });

  it.each([
    ['far off', { ...right, large: [100, 3] }, 'large'],
    ['no number', { ...right, small: [NaN, 2e-7] }, 'small'],
    ['far off, though small beside others', { large: right.large, small: [0.2, 0] }, 'small'],
  ])('is refused where it is %s', async (_, wrong, name) => {
    const [backend, processor] = [giving((size) => (size === 9 ? wrong : right)), giving(() => right)];
    const session = checkedSession(backend.session, () => Promise.resolve(processor.session), 'webgpu');
    await session.run(batchOf(8), wanted);
    await expect(session.run(batchOf(9), wanted)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: `on webgpu ONNX Runtime does not compute this model as on the processor: its ${name} differs by more than 5 % in a batch of 9. Train it on the backend cpu`,
    });
    await expect(session.run(batchOf(9), wanted)).rejects.toThrow(name); // and stays so
  });

  it('may differ as rounding does, where all is rounding too', async () => {
    const backend = giving(() => ({ large: [100.01, -3], small: [-3e-7, 5e-7] }));
    const session = checkedSession(backend.session, () => Promise.resolve(giving(() => right).session), 'webgpu');
    await expect(session.run(batchOf(2), wanted)).resolves.toBeDefined();
  });
});
