"""Gradients of networks by PyTorch: reads a JSON list from a file, writes one to the standard output.

Each network has the nodes of a graph layer, its constants, what is given (input and tensors) and the weights of the output.
"""
import json
import sys

import torch
import torch.nn.functional as F

KINDS = {"float32": torch.float64, "float64": torch.float64, "int32": torch.int64, "int64": torch.int64, "bool": torch.bool}


def ints(tensor):
    return [int(one) for one in tensor.reshape(-1).tolist()]


def padded(x, begins, ends, value=0.0):
    """Pads the last axes."""
    flat = [pad for pair in reversed(list(zip(begins, ends))) for pad in pair]
    return F.pad(x, flat, value=value)


def conv(a, x, w, b=None):
    n = w.dim() - 2
    pads = a.get("pads", [0] * 2 * n)
    call = [F.conv1d, F.conv2d, F.conv3d][n - 1]
    return call(padded(x, pads[:n], pads[n:]), w, b, stride=a.get("strides", [1] * n), dilation=a.get("dilations", [1] * n), groups=a.get("group", 1))


def conv_transpose(a, x, w, b=None):
    n = w.dim() - 2
    pads = a.get("pads", [0] * 2 * n)
    strides, dilations = a.get("strides", [1] * n), a.get("dilations", [1] * n)
    more = a.get("output_padding", [0] * n)
    call = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][n - 1]
    full = call(x, w, None, stride=strides, dilation=dilations, groups=a.get("group", 1))
    cut = padded(full, [-p for p in pads[:n]], [m - p for m, p in zip(more, pads[n:])])
    return cut if b is None else cut + b.reshape([-1] + [1] * n)


def max_pool(a, x):
    n = x.dim() - 2
    pads = a.get("pads", [0] * 2 * n)
    call = [F.max_pool1d, F.max_pool2d, F.max_pool3d][n - 1]
    return call(padded(x, pads[:n], pads[n:], -1e30), a["kernel_shape"], a.get("strides", [1] * n))


def average_pool(a, x):
    n = x.dim() - 2
    pads = a.get("pads", [0] * 2 * n)
    call = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][n - 1]
    means = lambda of: call(padded(of, pads[:n], pads[n:]), a["kernel_shape"], a.get("strides", [1] * n))
    return means(x) if a.get("count_include_pad", 0) else means(x) / means(torch.ones_like(x))


def gemm(a, x, w, b=None):
    left = x.T if a.get("transA", 0) else x
    right = w.T if a.get("transB", 0) else w
    product = a.get("alpha", 1) * (left @ right)
    return product if b is None else product + a.get("beta", 1) * b


def sliced(a, x, starts, ends, axes, steps):
    for start, end, axis, step in zip(ints(starts), ints(ends), ints(axes), ints(steps)):
        places = list(range(x.shape[axis]))[start:end:step]
        x = x.index_select(axis, torch.tensor(places))
    return x


def reduced(call):
    return lambda a, x, axes: call(x, ints(axes), keepdim=bool(a.get("keepdims", 1)))


def reshaped(a, x, shape):
    asked = [x.shape[axis] if dim == 0 else dim for axis, dim in enumerate(ints(shape))]
    return x.reshape(asked)


def layer_norm(a, x, scale, shift=None):
    axis = a.get("axis", -1) % x.dim()
    return F.layer_norm(x, x.shape[axis:], scale, shift, a.get("epsilon", 1e-5))


def clip(a, x, low=None, high=None):
    return torch.clamp(x, None if low is None else low.item(), None if high is None else high.item())


def pad(a, x, pads):
    n = x.dim()
    return padded(x, ints(pads)[:n], ints(pads)[n:])


def gather(a, x, at):
    axis = a.get("axis", 0)
    at = torch.where(at < 0, at + x.shape[axis], at)
    taken = x.index_select(axis, at.reshape(-1))
    return taken.reshape(list(x.shape[:axis]) + list(at.shape) + list(x.shape[axis + 1 :]))


def resized(a, x, roi, scales):
    """Of one axis twice, by ONNX's half pixels."""
    for axis, scale in enumerate(scales.tolist()):
        if scale == 1:
            continue
        rows = x.movedim(axis, -1)
        flat = rows.reshape(-1, 1, rows.shape[-1])
        if a["mode"] == "linear":
            wide = F.interpolate(flat, scale_factor=2, mode="linear", align_corners=False)
        else:
            wide = F.interpolate(flat, scale_factor=2, mode="nearest")
        x = wide.reshape(*rows.shape[:-1], -1).movedim(-1, axis)
    return x


def gather_elements(a, x, at):
    return torch.gather(x, a["axis"], torch.where(at < 0, at + x.shape[a["axis"]], at))


def triangle(a, x, k):
    return (torch.triu if a["upper"] else torch.tril)(x, int(k.item()))


OPERATORS = {
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y,
    "Pow": lambda a, x, y: x**y,
    "Greater": lambda a, x, y: x > y,
    "Where": lambda a, c, x, y: torch.where(c, x, y),
    "Neg": lambda a, x: -x,
    "Abs": lambda a, x: x.abs(),
    "Exp": lambda a, x: x.exp(),
    "Log": lambda a, x: x.log(),
    "Sqrt": lambda a, x: x.sqrt(),
    "Reciprocal": lambda a, x: 1 / x,
    "Erf": lambda a, x: torch.erf(x),
    "Identity": lambda a, x: x,
    "Dropout": lambda a, x: F.dropout(x, training=False),
    "Cast": lambda a, x: x.to({1: torch.float64, 11: torch.float64, 7: torch.int64, 9: torch.bool}[a["to"]]),
    "CastLike": lambda a, x, like: x.to(like.dtype),
    "Clip": clip,
    "Relu": lambda a, x: F.relu(x),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Tanh": lambda a, x: torch.tanh(x),
    "Elu": lambda a, x: F.elu(x, a.get("alpha", 1.0)),
    "Softplus": lambda a, x: F.softplus(x),
    "Gelu": lambda a, x: F.gelu(x, approximate=a.get("approximate", "none")),
    "Softmax": lambda a, x: torch.softmax(x, a.get("axis", -1)),
    "LogSoftmax": lambda a, x: torch.log_softmax(x, a.get("axis", -1)),
    "HardSigmoid": lambda a, x: torch.clamp(a.get("alpha", 0.2) * x + a.get("beta", 0.5), 0, 1),
    "HardSwish": lambda a, x: F.hardswish(x),
    "Selu": lambda a, x: F.selu(x),
    "Celu": lambda a, x: F.celu(x, a.get("alpha", 1.0)),
    "Mish": lambda a, x: F.mish(x),
    "Softsign": lambda a, x: F.softsign(x),
    "Sin": lambda a, x: torch.sin(x),
    "Cos": lambda a, x: torch.cos(x),
    "PRelu": lambda a, x, slope: torch.where(x > 0, x, slope * x),
    "Max": lambda a, x, y: torch.maximum(x, y),
    "Min": lambda a, x, y: torch.minimum(x, y),
    "ReduceMax": reduced(torch.amax),
    "ReduceMin": reduced(torch.amin),
    "ReduceL1": reduced(lambda x, axes, keepdim: x.abs().sum(axes, keepdim)),
    "ReduceL2": reduced(lambda x, axes, keepdim: x.norm(dim=axes, keepdim=keepdim)),
    "ReduceSumSquare": reduced(lambda x, axes, keepdim: (x * x).sum(axes, keepdim)),
    "ReduceLogSumExp": reduced(torch.logsumexp),
    "GlobalMaxPool": lambda a, x: x.amax(list(range(2, x.dim())), keepdim=True),
    "Tile": lambda a, x, repeats: x.repeat(ints(repeats)),
    "Resize": resized,
    "GatherElements": gather_elements,
    "Trilu": triangle,
    "Einsum": lambda a, x, y: torch.einsum(a["equation"], x, y),
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, x: x.mean(list(range(2, x.dim())), keepdim=True),
    "MatMul": lambda a, x, y: x @ y,
    "Gemm": gemm,
    "InstanceNormalization": lambda a, x, s, b: F.group_norm(x, x.shape[1], s, b, a.get("epsilon", 1e-5)),
    "GroupNormalization": lambda a, x, s, b: F.group_norm(x, a["num_groups"], s, b, a.get("epsilon", 1e-5)),
    "LayerNormalization": layer_norm,
    "BatchNormalization": lambda a, x, s, b, m, v: F.batch_norm(x, m, v, s, b, False, 0.1, a.get("epsilon", 1e-5)),
    "ReduceMean": reduced(torch.mean),
    "ReduceSum": reduced(torch.sum),
    "Reshape": reshaped,
    "Flatten": lambda a, x: x.flatten(1),
    "Squeeze": lambda a, x, axes: x.squeeze(ints(axes)[0]),
    "Unsqueeze": lambda a, x, axes: x.unsqueeze(ints(axes)[0]),
    "Transpose": lambda a, x: x.permute(a.get("perm", list(range(x.dim()))[::-1])),
    "Expand": lambda a, x, shape: x * torch.ones(ints(shape), dtype=x.dtype),
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Concat": lambda a, *parts: torch.cat(parts, a["axis"]),
    "Split": lambda a, x, sizes: torch.split(x, ints(sizes), a["axis"]),
    "Slice": sliced,
    "Pad": pad,
    "Gather": gather,
}


def gradients(one):
    values = {c["name"]: torch.tensor(c["values"], dtype=KINDS[c["type"]]).reshape(c["shape"]) for c in one["constants"]}
    given = {name: torch.tensor(t["values"], dtype=torch.float64).reshape(t["shape"]).requires_grad_() for name, t in one["given"].items()}
    values.update(given)
    for node in one["nodes"]:
        taken = [values.get(name) for name in node["inputs"]]
        made = OPERATORS[node["op"]](node.get("attributes", {}), *taken)
        values.update(zip(node["outputs"], made if isinstance(made, tuple) else (made,)))
    output = values[one["output"]]
    weights = torch.tensor(one["weights"], dtype=torch.float64).reshape(output.shape)
    found = torch.autograd.grad((output * weights).sum(), list(given.values()), allow_unused=True)
    by_name = {name: (torch.zeros_like(given[name]) if g is None else g) for name, g in zip(given, found)}
    return {"output": output.reshape(-1).tolist(), "gradients": {name: g.reshape(-1).tolist() for name, g in by_name.items()}}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf8") as file:
        json.dump([gradients(one) for one in json.load(file)], sys.stdout)
