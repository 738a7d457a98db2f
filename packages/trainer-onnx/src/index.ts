export { loadRuntime, type Runtime } from './runtime.js';
