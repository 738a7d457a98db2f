export { coordinatorFolder, readCoordinatorConfig, type CoordinatorConfig } from './config/read.js';
export { coordinatorPaths, type CoordinatorPaths } from './config/paths.js';
export { roomOf, type CoordinatorSettings } from './config/schema.js';
export { plugins } from './plugins.js';
