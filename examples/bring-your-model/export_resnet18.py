"""A ResNet-18 for images of 28 x 28 with one channel (MedMNIST's), random weights, as an ONNX file.

    python export_resnet18.py resnet18.onnx [--fuse] [--classes 2] [--seed 7]

Plain PyTorch (2.1 or later; `pip install torch onnx`): torchvision's network with its names, but a first convolution of 3 x 3
without stride and no max pool, since the images are small. Put your own network in the place of `resnet18`.
"""

import argparse

import torch
from torch import nn


class Block(nn.Module):
    """Two convolutions of 3 x 3 beside a shortcut (He et al. 2016, figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)) + shortcut)


class ResNet18(nn.Module):
    def __init__(self, channels: int, classes: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(Block(64, 64, 1), Block(64, 64, 1))
        self.layer2 = nn.Sequential(Block(64, 128, 2), Block(128, 128, 1))
        self.layer3 = nn.Sequential(Block(128, 256, 2), Block(256, 256, 1))
        self.layer4 = nn.Sequential(Block(256, 512, 2), Block(512, 512, 1))
        self.fc = nn.Linear(512, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(nn.functional.adaptive_avg_pool2d(x, 1), 1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--classes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--fuse", action="store_true", help="batch norms into the convolutions before them")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    model = ResNet18(1, options.classes).eval()
    # PRESERVE keeps batch norms as they are, so that they can become group norms; EVAL, the default, fuses them.
    mode = torch.onnx.TrainingMode.EVAL if options.fuse else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        model,
        (torch.zeros(2, 1, 28, 28),),
        options.out,
        dynamo=False,
        opset_version=17,
        training=mode,
        do_constant_folding=options.fuse,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
    )


if __name__ == "__main__":
    main()
