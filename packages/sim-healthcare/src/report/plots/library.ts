// By name, so that a bundle holds of both libraries what plots use, and no more.
export { dot, gridX, gridY, line, plot, ruleX, ruleY } from '@observablehq/plot';
export { parseHTML } from 'linkedom';
