export { plugins } from './plugins.js';
