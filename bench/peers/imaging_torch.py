"""Epochs of PyTorch on images and signals, plain and under Opacus. A question a line, an answer a line, both JSON.

Question: {"network": "image" | "signal", "private": bool, "threads": n, "records": n, "batch": b, "clipNorm": c,
"noiseMultiplier": z, "learningRate": r, "momentum": m}. Answer: {"seconds", "steps", "weights"}.

An epoch is records / batch steps. Plain: batches of a permutation. Private: Poisson samples of the same expected size,
clipped by example with Opacus' GradSampleModule and DPOptimizer, with noise from torch's generator.
"""

import time
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_peer import answer, image_cnn, parameters_of, under_opacus

warnings.filterwarnings("ignore")


def signal():
    return nn.Sequential(
        nn.Conv1d(1, 16, 7, padding=3), nn.GroupNorm(4, 16), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(16, 32, 5, padding=2), nn.GroupNorm(8, 32), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(32, 64, 3, padding=1), nn.GroupNorm(8, 64), nn.ReLU(), nn.AvgPool1d(24),
        nn.Flatten(), nn.Linear(64, 2),
    )  # fmt: skip


kinds = {"image": (image_cnn, (1, 28, 28)), "signal": (signal, (1, 96))}
known = {}


def set_up(question):
    key = (question["network"], question["private"], question["batch"])
    if key in known:
        return known[key]
    make, shape = kinds[question["network"]]
    torch.manual_seed(1)
    features = torch.randn(question["records"], *shape)
    labels = torch.arange(question["records"]) % 2
    model = make().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=question["learningRate"], momentum=question["momentum"])
    if question["private"]:
        model, optimizer = under_opacus(model, optimizer, question, question["batch"])
    known[key] = (features, labels, model, optimizer)
    return known[key]


def batches(question, count):
    batch = question["batch"]
    if not question["private"]:
        yield from torch.randperm(count).split(batch)
        return
    for _ in range(-(-count // batch)):
        rows = (torch.rand(count) < batch / count).nonzero().squeeze(1)
        if len(rows) > 0:
            yield rows


def run(question):
    torch.set_num_threads(question["threads"])
    features, labels, model, optimizer = set_up(question)
    steps = 0
    start = time.perf_counter()
    for rows in batches(question, len(labels)):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(features[rows]), labels[rows]).backward()
        optimizer.step()
        steps += 1
    return {"seconds": time.perf_counter() - start, "steps": steps, "weights": parameters_of(model)}


answer(run)
