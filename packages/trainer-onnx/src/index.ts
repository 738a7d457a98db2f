export { loadRuntime, type Runtime } from './runtime.js';
export { backendNames, backendsOf, type BackendName } from './backends.js';
export { onnxTrainer, type OnnxTrainerOptions } from './trainer.js';
export { plugins } from './plugins.js';
