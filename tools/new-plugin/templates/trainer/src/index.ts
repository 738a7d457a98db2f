export { myPluginTrainer } from './my-plugin.js';
export { plugins } from './plugins.js';
