export { pointChannel, reached, type PointReached } from './points.js';
