"""Networks of known families, random weights, as ONNX files, with what PyTorch makes of three steps of SGD in float64.

    python write_networks.py OUT NAME ...

For each: NAME.legacy.onnx (`dynamo=False`, as docs/bring-your-model.md has it), NAME.newer.onnx (`dynamo=True, optimize=False`),
NAME.optimized.onnx (`dynamo=True`) and NAME.json:
examples, labels, logits before and after, the learning rate, and norms of the gradients by example where batch normalisation
is group normalisation. NAME.start.f64, .end.f64 and .clipped.f64: parameters before and after, and the clipped sum.

Plain PyTorch but for the names that torchvision and transformers have (`pip install torch onnx onnxscript [torchvision] [transformers]`).
"""

import copy
import json
import logging
import math
import sys
import warnings

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from torch_networks import CLASSES, NETWORKS, TOKENS

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
torch.set_num_threads(1)

EXAMPLES, STEPS = 6, 3


def settled(model):
    """Running statistics as after some training, so that they are not 0 and 1."""
    g = torch.Generator().manual_seed(3)
    for m in model.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            with torch.no_grad():
                m.running_mean.copy_(torch.randn(m.running_mean.shape, generator=g) * 0.1)
                m.running_var.copy_(torch.rand(m.running_var.shape, generator=g) * 0.5 + 0.75)
                m.weight.copy_(torch.rand(m.weight.shape, generator=g) * 0.5 + 0.75)
                m.bias.copy_(torch.randn(m.bias.shape, generator=g) * 0.1)
    return model.eval()


def reference(model, x, y):
    """Logits before and after, parameters after, and the learning rate: the loss falls by some 0.2 a step at most."""
    model, x = model.double().eval(), x.double()
    before = model(x).detach()
    F.cross_entropy(model(x), y).backward()
    length = sum((p.grad**2).sum() for p in model.parameters() if p.grad is not None).item()
    rate = min(0.01, 0.2 / length)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for _ in range(STEPS):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    return before, model(x).detach(), dict(model.named_parameters()), rate


def groups_of(channels, most=32):
    common = math.gcd(most, channels)
    if common > 1:
        return common
    return max(g for g in range(1, min(most, channels) + 1) if channels % g == 0)


def with_group_norm(model):
    for name, child in list(model.named_children()):
        if isinstance(child, nn.modules.batchnorm._BatchNorm):
            norm = nn.GroupNorm(groups_of(child.num_features), child.num_features, eps=child.eps)
            norm.weight, norm.bias = child.weight, child.bias
            setattr(model, name, norm)
        else:
            with_group_norm(child)
    return model


def clipped(model, x, y):
    """Per-example gradients in float64: norms, the clip norm, the clipped sum."""
    model = with_group_norm(model).double().eval()
    x = x.double()
    params = list(model.parameters())
    rows = []
    for i in range(len(x)):
        gs = torch.autograd.grad(F.cross_entropy(model(x[i : i + 1]), y[i : i + 1]), params, allow_unused=True)
        rows.append(torch.cat([(torch.zeros_like(p) if g is None else g).flatten() for g, p in zip(gs, params)]))
    norms = torch.stack([r.norm() for r in rows])
    clip = norms.median().item()
    return norms, clip, sum(r * min(1.0, clip / n.item()) for r, n in zip(rows, norms))


def examples(name, shape):
    g = torch.Generator().manual_seed(5)
    x = torch.randn(EXAMPLES, *shape, generator=g)
    if name in TOKENS:
        x = torch.randint(1, 50, (EXAMPLES, *shape), generator=g).float()
    if name == "tab_transformer":
        x[:, :3] = torch.randint(0, 3, (EXAMPLES, 3), generator=g).float()
    return x, torch.arange(EXAMPLES) % CLASSES


def write(out, name):
    make, shape = NETWORKS[name]
    torch.manual_seed(7)
    model = settled(make())
    x, y = examples(name, shape)
    ports = dict(input_names=["x"], output_names=["y"])
    torch.onnx.export(
        model,
        (x[:2],),
        f"{out}/{name}.legacy.onnx",
        dynamo=False,
        opset_version=17,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
        **ports,
    )
    newer = dict(dynamo=True, external_data=False, dynamic_shapes=({0: torch.export.Dim("N")},), verbose=False, **ports)
    torch.onnx.export(model, (x[:2],), f"{out}/{name}.newer.onnx", optimize=False, **newer)
    torch.onnx.export(model, (x[:2],), f"{out}/{name}.optimized.onnx", **newer)
    start = {n: p.detach().clone() for n, p in model.named_parameters()}
    norms, clip, total = clipped(copy.deepcopy(model), x, y)
    before, after, end, rate = reference(model, x, y)
    lists = dict(x=x, y=y, before=before, after=after, norms=norms)
    with open(f"{out}/{name}.json", "w", encoding="utf8") as file:
        members = {key: value.flatten().tolist() for key, value in lists.items()}
        json.dump(
            {
                "shape": list(shape),
                "rate": rate,
                "clip": clip,
                "names": list(start),
                "sizes": [p.numel() for p in start.values()],
                **members,
            },
            file,
        )
    for what, of in (("start", start), ("end", end)):
        numpy.concatenate([p.detach().double().numpy().ravel() for p in of.values()]).tofile(f"{out}/{name}.{what}.f64")
    total.numpy().tofile(f"{out}/{name}.clipped.f64")


if __name__ == "__main__":
    for each in sys.argv[2:]:
        write(sys.argv[1], each)
