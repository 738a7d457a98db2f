"""What the peers in PyTorch share: a network, its optimizer under Opacus, and how questions are answered."""

import json
import sys

import torch.nn as nn


def image_cnn():
    """The imaging CNN of imaging-workloads.ts; flattening after a mean over all positions orders nothing anew."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.GroupNorm(4, 16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.GroupNorm(8, 32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.GroupNorm(8, 64), nn.ReLU(), nn.AvgPool2d(7),
        nn.Flatten(), nn.Linear(64, 2),
    )  # fmt: skip


def under_opacus(model, optimizer, question, expected_size):
    """Clipped by example, with noise from torch's generator: GradSampleModule, then DPOptimizer, which sums, adds noise
    and divides by the expected size."""
    from opacus import GradSampleModule
    from opacus.optimizers import DPOptimizer

    return GradSampleModule(model), DPOptimizer(
        optimizer,
        noise_multiplier=question["noiseMultiplier"],
        max_grad_norm=question["clipNorm"],
        expected_batch_size=expected_size,
    )


def parameters_of(model):
    return sum(p.numel() for p in model.parameters())


def answer(run):
    """A question a line, an answer a line, both JSON, until there are no more."""
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
