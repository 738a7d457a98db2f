import { FedwardError, incompatible } from '@fedward/core';
import { clipConstants } from '@fedward/core/training';
import type { Runtime } from './runtime.js';

/** What ONNX Runtime computes on: `cpu` on every machine; the others where the machine and its drivers have it. */
export const backendNames = ['cpu', 'webgpu', 'cuda', 'directml', 'coreml'] as const;

/** One of `backendNames`. */
export type BackendName = (typeof backendNames)[number];

/** As ONNX Runtime calls them. */
const providers: Readonly<Record<BackendName, string>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
};

/** The backends that this build of ONNX Runtime has, or knows how to load (cuda, whose libraries are fetched apart). */
export function backendsOf(runtime: Pick<Runtime, 'listSupportedBackends'>): BackendName[] {
  const known = runtime.listSupportedBackends().map(({ name }) => name);
  return backendNames.filter((name) => known.includes(providers[name]));
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a backend that this build of ONNX Runtime lacks, saying what it has */
export function assertBackend(runtime: Pick<Runtime, 'listSupportedBackends'>, name: BackendName): void {
  const there = backendsOf(runtime);
  if (there.includes(name)) return;
  const message = `ONNX Runtime has no ${name} on ${process.platform}-${process.arch}; it has ${there.join(', ')}`;
  throw incompatible(message, 'trainer.backend');
}

/**
 * Relative error of one product, as far as clipping has to reckon with it. The CPU and WebGPU compute in float32; elsewhere the
 * runtime may take numbers of 11 binary digits (TF32 on NVIDIA's cards, half precision), and nothing here forbids that.
 */
export function roundingOf(backend: BackendName): number {
  return backend === 'cpu' || backend === 'webgpu' ? clipConstants.rounding : 2 ** -11;
}

/**
 * Options of a session on a backend.
 * @param threads for one operator; operators run one after the other
 * @param apart names of nodes that are to stay on the processor, of `webgpu`
 */
export function sessionOptions(backend: BackendName, threads: number, apart: readonly string[] = []) {
  const name = providers[backend];
  // Channels last, WebGPU's default, is wrong where a convolution sums over 6, 9 or 15 channels (onnxruntime issue 29651).
  const webgpu = { name, preferredLayout: 'NCHW', ...(apart.length > 0 && { forceCpuNodeNames: apart }) };
  return {
    // What a GPU lacks runs on the processor; the runtime adds that by itself.
    executionProviders: [backend === 'webgpu' ? webgpu : name],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Threads that wait by spinning take the processor from the other workers.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  } as const;
}

/** What is said where a backend that is listed does not start. */
export function notStarted(
  runtime: Pick<Runtime, 'listSupportedBackends'>,
  name: BackendName,
  cause: unknown,
): FedwardError {
  const told = String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0]!;
  // Of the runtime's own checks what follows the place in its source and the condition.
  const why = told.replace(/^.* was false\. (?=.)/, '');
  const how =
    name === 'cuda' ? '. Its libraries come with npm install --onnxruntime-node-install=cuda12, and need CUDA 12' : '';
  const others = backendsOf(runtime).filter((other) => other !== name);
  return new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `ONNX Runtime does not run on ${name} here: ${why}${how}. Others that it knows here: ${others.join(', ')}`,
    'trainer.backend',
    { cause },
  );
}
