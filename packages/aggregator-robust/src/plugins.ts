import { definePlugin, type Plugin } from '@fedward/core';
import { bulyan, bulyanOptions } from './rules/bulyan.js';
import { centeredClipping, centeredClippingOptions } from './rules/centered-clipping.js';
import { geometricMedian, geometricMedianOptions } from './rules/geometric-median.js';
import { krum, krumOptions } from './rules/krum.js';
import { median, medianOptions } from './rules/median.js';
import { multiKrum, multiKrumOptions } from './rules/multi-krum.js';
import { normBounding, normBoundingOptions } from './rules/norm-bounding.js';
import { trimmedMean, trimmedMeanOptions } from './rules/trimmed-mean.js';
import { sizeAwareOptions } from './size-aware/options.js';
import { sizeAware } from './size-aware/server.js';
import { sizeAwareSite } from './size-aware/site.js';

const kind = 'aggregator';

/** What this package adds to a registry: robust rules, and one that caps each hospital's share. */
export const plugins: readonly Plugin[] = [
  definePlugin({
    ...{ kind, name: 'median', options: medianOptions, create: median },
    summary: "in each coordinate the median of the sites' changes, each site once (Yin et al. 2018)",
  }),
  definePlugin({
    ...{ kind, name: 'trimmed-mean', options: trimmedMeanOptions, create: trimmedMean },
    summary: 'the mean without the f smallest and largest in each coordinate, each site once (Yin et al. 2018)',
    flags: { byzantine: 'byzantine' },
  }),
  definePlugin({
    ...{ kind, name: 'krum', options: krumOptions, create: krum },
    summary: 'the change of the one site that is nearest to most others, of 2 f + 3 at least (Blanchard et al. 2017)',
    flags: { byzantine: 'byzantine' },
  }),
  definePlugin({
    ...{ kind, name: 'multi-krum', options: multiKrumOptions, create: multiKrum },
    summary: 'the mean of the sites that are nearest to most others, each once (Blanchard et al. 2017)',
    flags: { byzantine: 'byzantine' },
  }),
  definePlugin({
    ...{ kind, name: 'bulyan', options: bulyanOptions, create: bulyan },
    summary: 'chosen by Krum, then trimmed in each coordinate; of 4 f + 3 sites at least (El Mhamdi et al. 2018)',
    flags: { byzantine: 'byzantine' },
  }),
  definePlugin({
    ...{ kind, name: 'geometric-median', options: geometricMedianOptions, create: geometricMedian },
    summary: 'RFA: the point of the least distance to all changes, each site once unless told (Pillutla et al. 2022)',
  }),
  definePlugin({
    ...{ kind, name: 'centered-clipping', options: centeredClippingOptions, create: centeredClipping },
    summary: "a mean of changes clipped around the last round's, each site once (Karimireddy et al. 2021)",
  }),
  definePlugin({
    ...{ kind, name: 'norm-bounding', options: normBoundingOptions, create: normBounding },
    summary: 'the mean of changes no longer than a norm, each site once unless told (Sun et al. 2019)',
  }),
  definePlugin({
    ...{ kind, name: 'size-aware', options: sizeAwareOptions, create: sizeAware, site: sizeAwareSite },
    summary:
      'a mean of clipped changes in which no hospital has more than a share; also under secure aggregation and noise',
    flags: { 'most-share': 'mostShare' },
  }),
];
