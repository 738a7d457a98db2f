export { myPluginAccountant } from './my-plugin.js';
export { plugins } from './plugins.js';
