"""Steps of PyTorch on three networks, plain and under Opacus. A question a line, an answer a line, both JSON.

Question: {"network": "small" | "wide" | "resnet18", "private": bool, "steps": n, "batch": b, "clipNorm": c,
"noiseMultiplier": z, "learningRate": r}. Answer: {"seconds", "weights"}, seconds of processor time.

A step is over one batch that is there already. Private: clipped by example with Opacus' GradSampleModule and
DPOptimizer, with noise from torch's generator.
"""

import time
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch_peer import answer, image_cnn, parameters_of, under_opacus

warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def wide():
    def block(inputs, outputs):
        return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.ReLU()

    return nn.Sequential(
        *block(1, 32), *block(32, 32), nn.MaxPool2d(2), *block(32, 64), *block(64, 64), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 64, bias=False), nn.ReLU(), nn.Linear(64, 2, bias=False),
    )  # fmt: skip


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.GroupNorm(32, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.GroupNorm(32, outputs)
        self.downsample = (
            nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.GroupNorm(32, outputs))
            if stride > 1
            else nn.Identity()
        )

    def forward(self, x):
        inner = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(inner)) + self.downsample(x))


def resnet18():
    """models-medical's resnet18: torchvision's with group norm, a 3 x 3 first kernel and no max pooling."""
    stages = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
    return nn.Sequential(
        nn.Conv2d(1, 64, 3, padding=1, bias=False), nn.GroupNorm(32, 64), nn.ReLU(),
        *(Block(*stage) for stage in stages), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 2),
    )  # fmt: skip


kinds = {"small": image_cnn, "wide": wide, "resnet18": resnet18}
known = {}


def set_up(question):
    key = (question["network"], question["private"])
    if key in known:
        return known[key]
    torch.manual_seed(1)
    features = torch.randn(question["batch"], 1, 28, 28)
    labels = torch.arange(question["batch"]) % 2
    model = kinds[question["network"]]().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=question["learningRate"])
    if question["private"]:
        model, optimizer = under_opacus(model, optimizer, question, question["batch"])
    for other in [other for other in known if other[0] != question["network"]]:
        del known[other]  # gradients by example of eleven million weights are 1.4 GB
    known[key] = (features, labels, model, optimizer)
    return known[key]


def run(question):
    features, labels, model, optimizer = set_up(question)
    start = time.process_time()
    for _ in range(question["steps"]):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(features), labels).backward()
        optimizer.step()
    return {"seconds": time.process_time() - start, "weights": parameters_of(model)}


answer(run)
