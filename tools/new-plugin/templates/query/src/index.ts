export { myPluginQuery, type MyPluginOptions } from './my-plugin.js';
export { myPluginSums } from './sums.js';
export { plugins } from './plugins.js';
