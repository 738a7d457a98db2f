export { coordinatorFolder, readCoordinatorConfig, type CoordinatorConfig } from './config/read.js';
export { coordinatorPaths, type CoordinatorPaths } from './config/paths.js';
export { roomOf, type CoordinatorSettings } from './config/schema.js';
export { plugins } from './plugins.js';
export { LocalDeployment } from './local/deployment.js';
export type { LocalDeploymentOptions, LocalSite } from './local/options.js';
export type { LocalDaemon } from './local/daemon.js';
export type { FedwardCommand } from './local/command.js';
export { siteOutcome, type DemoOutcome, type SiteOutcome } from './demo/outcome.js';
