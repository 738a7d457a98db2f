export { main } from './main.js';
export type { ExitCode } from './exit-code.js';
