"""Wrote small-images.onnx: a small network for images of 28 x 28, as docs/bring-your-model.md exports one."""

import sys

import torch
from torch import nn

torch.manual_seed(3)
model = nn.Sequential(
    nn.Conv2d(1, 4, 3, stride=2, bias=False),
    nn.BatchNorm2d(4),
    nn.Hardswish(),
    nn.MaxPool2d(2),
    nn.Conv2d(4, 8, 3),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Dropout(0.1),
    nn.Linear(8, 2),
).eval()
torch.onnx.export(
    model,
    (torch.zeros(2, 1, 28, 28),),
    sys.argv[1],
    dynamo=False,
    opset_version=17,
    training=torch.onnx.TrainingMode.PRESERVE,
    do_constant_folding=False,
    input_names=["x"],
    output_names=["y"],
    dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
)
