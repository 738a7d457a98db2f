import { FedwardError } from '@fedward/core';

/** What onnxruntime-node exports. */
export type Runtime = typeof import('onnxruntime-node');

/** @throws {FedwardError} CONFIG_INCOMPATIBLE where ONNX Runtime is not installed, or does not load on this machine */
export async function loadRuntime(): Promise<Runtime> {
  try {
    // A CommonJS module: all of it is its default, or, under some loaders, what is imported.
    const loaded = (await import('onnxruntime-node')) as unknown as Runtime & { readonly default?: Runtime };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      'the trainer onnx needs ONNX Runtime, which is not there: npm install onnxruntime-node@1.30 (all else works without it)',
      'training.trainer',
      { cause },
    );
  }
}
