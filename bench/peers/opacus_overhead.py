"""Steps of PyTorch, plain and under Opacus. A question a line, an answer a line, both JSON.

Question: {"model": "mlp" | "cnn", "private": bool, "steps": n, "records": n, "probability": q,
"expectedSize": b, "clipNorm": c, "noiseMultiplier": z, "learningRate": r}. Answer: {"seconds", "threads"}.

Batches are Poisson samples drawn by a mask over the records, alike with and without privacy. A private step is
Opacus' own: GradSampleModule, then DPOptimizer, which clips by example, sums, adds noise and divides by the expected
size; its noise comes from torch's generator (Opacus' secure mode needs torchcsprng, which is no longer kept).
"""

import time
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_peer import answer, under_opacus

warnings.filterwarnings("ignore")


def mlp():
    """The model of tutorial 041."""
    return nn.Sequential(
        nn.Linear(100, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2)
    )


def cnn():
    """The model of Opacus' MNIST example (examples/mnist.py)."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 8, 2, padding=3), nn.ReLU(), nn.MaxPool2d(2, 1),
        nn.Conv2d(16, 32, 4, 2), nn.ReLU(), nn.MaxPool2d(2, 1),
        nn.Flatten(), nn.Linear(32 * 4 * 4, 32), nn.ReLU(), nn.Linear(32, 10),
    )  # fmt: skip


kinds = {"mlp": (mlp, (100,), 2), "cnn": (cnn, (1, 28, 28), 10)}
known = {}


def set_up(question):
    key = (question["model"], question["private"])
    if key in known:
        return known[key]
    make, shape, classes = kinds[question["model"]]
    torch.manual_seed(1)
    features = torch.randn(question["records"], *shape)
    labels = torch.randint(0, classes, (question["records"],))
    model = make().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=question["learningRate"])
    if question["private"]:
        model, optimizer = under_opacus(model, optimizer, question, question["expectedSize"])
    known[key] = (features, labels, model, optimizer)
    return known[key]


def run(question):
    features, labels, model, optimizer = set_up(question)
    start = time.perf_counter()
    for _ in range(question["steps"]):
        rows = (torch.rand(len(labels)) < question["probability"]).nonzero().squeeze(1)
        if len(rows) == 0:
            continue
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(features[rows]), labels[rows]).backward()
        optimizer.step()
    return {"seconds": time.perf_counter() - start, "threads": torch.get_num_threads()}


answer(run)
