import { definePlugin, type Plugin } from '@fedward/core';
import { imputationSums, imputationSumsName, sumOfAnswers } from './impute/query.js';
import { imputationSumsOptions } from './impute/question.js';

/** What this package adds to a registry: the query `imputation-sums` and its aggregator. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'query',
    name: imputationSumsName,
    summary: 'sums over records, from which missing values are learned',
    options: imputationSumsOptions,
    create: imputationSums,
  }),
  definePlugin({
    kind: 'aggregator',
    name: imputationSumsName,
    summary: 'adds up the answers of imputation-sums',
    options: imputationSumsOptions,
    create: sumOfAnswers,
  }),
];
