import { describe, expect, it } from 'vitest';
import { accuracy, auroc, classificationMetrics, meanLoss, regressionMetrics } from './index.js';

/*
 * Values of scikit-learn 1.9.1 with numpy 2.4.6:
 *
 *   import numpy as np
 *   from sklearn.metrics import (roc_auc_score, log_loss, accuracy_score,
 *                                mean_absolute_error, root_mean_squared_error, r2_score)
 *   x = np.array([2.5, -1.0, 0.5, 0.5, -3.0, 0.5, 1.25, -1.0], dtype=np.float32)
 *   y = np.array([1, 0, 1, 0, 0, 1, 0, 1])
 *   p = 1 / (1 + np.exp(-x.astype(np.float64)))
 *   print(repr(roc_auc_score(y, x)), repr(log_loss(y, p)), repr(accuracy_score(y, x > 0)))
 *   z = np.array([[1.5, -0.5, 0.25], [0, 0, 0], [-2, 3, 1], [0.125, 0.5, 4], [1, 1, -1]], dtype=np.float64)
 *   c = np.array([0, 2, 1, 1, 1])
 *   q = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
 *   print(repr(log_loss(c, q)), repr(accuracy_score(c, z.argmax(axis=1))))
 *   r = np.array([2.5, 0.0, 2.0, 8.0]); t = np.array([3.0, -0.5, 2.0, 7.0])
 *   print(repr(mean_absolute_error(t, r)), repr(root_mean_squared_error(t, r)), repr(r2_score(t, r)))
 */
const x = Float32Array.of(2.5, -1.0, 0.5, 0.5, -3.0, 0.5, 1.25, -1.0);
const y = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1);
const z = Float32Array.of(1.5, -0.5, 0.25, 0, 0, 0, -2, 3, 1, 0.125, 0.5, 4, 1, 1, -1);
const c = Float32Array.of(0, 2, 1, 1, 1);

describe('against scikit-learn', () => {
  it('gives its area under the curve, with ties within and across the classes', () => {
    expect(auroc(x, y)).toBeCloseTo(0.65625, 14);
  });

  it('gives its log loss and accuracy of two classes', () => {
    const metrics = classificationMetrics('sigmoid-cross-entropy', x, y);
    expect(metrics['loss']).toBeCloseTo(0.6472700618485536, 14);
    expect(metrics['accuracy']).toBe(0.625);
    expect(metrics['auroc']).toBeCloseTo(0.65625, 14);
  });

  it('gives its log loss and accuracy of three classes, and no area', () => {
    const metrics = classificationMetrics('softmax-cross-entropy', z, c);
    expect(metrics['loss']).toBeCloseTo(1.1783458433496379, 14);
    expect(metrics['accuracy']).toBe(0.4);
    expect(Object.keys(metrics)).toEqual(['loss', 'accuracy']);
  });

  it('gives its errors of a regression, and half the mean square as the loss', () => {
    const metrics = regressionMetrics(Float32Array.of(2.5, 0, 2, 8), Float32Array.of(3, -0.5, 2, 7));
    expect(metrics['meanAbsoluteError']).toBeCloseTo(0.5, 14);
    expect(metrics['rootMeanSquaredError']).toBeCloseTo(0.6123724356957945, 14);
    expect(metrics['loss']).toBeCloseTo(0.6123724356957945 ** 2 / 2, 14);
    expect(metrics['rSquared']).toBeCloseTo(0.9486081370449679, 14);
  });

  it('counts plain agreement as accuracy', () => {
    expect(accuracy([1, 0, 2, 2], [1, 1, 2, 0])).toBe(0.5);
  });

  it('stays exact where logits are huge', () => {
    expect(meanLoss('sigmoid-cross-entropy', Float32Array.of(1e30, -1e30), Float32Array.of(1, 0))).toBe(0);
    expect(meanLoss('sigmoid-cross-entropy', Float32Array.of(-1000), Float32Array.of(1))).toBe(1000);
    expect(meanLoss('softmax-cross-entropy', Float32Array.of(-1000, 2000), Float32Array.of(0))).toBe(3000);
  });
});
