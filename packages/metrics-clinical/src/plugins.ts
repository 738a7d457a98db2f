import { definePlugin, type Plugin } from '@fedward/core';
import { evaluationCountsName, evaluationCountsOptions } from './merge/options.js';
import { evaluationCounts, sumOfCounts } from './merge/query.js';

/** What this package adds to a registry: the query `evaluation-counts`, and the aggregator of its answers. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    kind: 'query',
    name: evaluationCountsName,
    summary: 'how many records have which predicted probability, by class: what an evaluation is merged from',
    options: evaluationCountsOptions,
    create: evaluationCounts,
  }),
  definePlugin({
    kind: 'aggregator',
    name: evaluationCountsName,
    summary: 'adds up the answers of evaluation-counts',
    options: evaluationCountsOptions,
    create: sumOfCounts,
  }),
];
