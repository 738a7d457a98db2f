import { aggregatorCompliance } from '@fedward/testkit/aggregator';
import { describe, it } from 'vitest';
import { coordinateMedian } from './median.ts';

aggregatorCompliance({ create: coordinateMedian }).register({ describe, it });
