export { counted } from './counted.js';
export { exposureText } from './exposure-text.js';
export { hospitalTable } from './hospital-table.js';
export { ledgersText } from './ledgers-text.js';
export { maskedText } from './masked-text.js';
export { plainWords } from './plain-words.js';
export { roundedUp } from './rounded-up.js';
export { droppedMany, rowsText } from './rows-text.js';
export { describeMetrics, shownOf } from './shown-metrics.js';
