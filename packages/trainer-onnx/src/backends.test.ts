import { describe, expect, it } from 'vitest';
import { assertBackend, backendNames, backendsOf, notStarted, roundingOf } from './backends.js';
import { loadRuntime, notLoaded } from './runtime.js';
import { onnxTrainer } from './trainer.js';

const runtime = (...names: string[]) => ({
  listSupportedBackends: () => names.map((name) => ({ name, bundled: true })),
});

describe('backends', () => {
  it('are those of the runtime, by our names', () => {
    expect(backendsOf(runtime('webgpu', 'dml', 'cpu', 'tensorrt'))).toEqual(['cpu', 'webgpu', 'directml']);
  });

  it('that are not there are refused, saying what is', async () => {
    expect(() => assertBackend(runtime('cpu', 'webgpu'), 'coreml')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INCOMPATIBLE',
        subject: 'trainer.backend',
        message: expect.stringMatching(/no coreml on .*; it has cpu, webgpu$/),
      }),
    );
    const here = backendsOf(await loadRuntime());
    const missing = (['directml', 'coreml'] as const).find((name) => !here.includes(name))!;
    await expect(onnxTrainer({ backend: missing }).describe()).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
  });

  it('whose products may be narrower than float32 are reckoned with so', () => {
    const narrow = backendNames.filter((name) => roundingOf(name) > 2 ** -24);
    expect(narrow).toEqual(['cuda', 'directml', 'coreml']);
    expect(narrow.map(roundingOf)).toEqual([2 ** -11, 2 ** -11, 2 ** -11]);
  });

  it('that do not start say why, and what else there is', () => {
    const error = notStarted(runtime('cpu', 'cuda'), 'cuda', new Error('no library\nat line 3'));
    expect(error.message).toMatch(/^ONNX Runtime does not run on cuda here: no library\. Its libraries .*: cpu$/);
    const check = new Error('/src/context.cc:136 lambda(int) status == Success was false. No adapter: none\n');
    expect(notStarted(runtime('cpu', 'webgpu'), 'webgpu', check).message).toBe(
      'ONNX Runtime does not run on webgpu here: No adapter: none. Others that it knows here: cpu',
    );
  });
});

describe('a runtime that does not load', () => {
  it('is said to be missing where it is, and else why it does not', () => {
    const absent = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    expect(notLoaded(absent).message).toMatch(/which is not there: npm install onnxruntime-node/);
    const old = Object.assign(new Error("version `GLIBC_2.28' not found\nRequire stack"), {
      code: 'ERR_DLOPEN_FAILED',
    });
    expect(notLoaded(old).message).toMatch(/is installed, and does not load on \S+: version `GLIBC_2.28' not found \(/);
  });
});
