"""50 steps in PyTorch on all records: reads a list of {spec, optimizer, weights, features, labels}, writes that of weights."""
import json, sys
import torch
import torch.nn.functional as f

torch.set_num_threads(1)


def first(t):
    return t.movedim(-1, 1)


def last(t):
    return t.movedim(1, -1)


def pair(value):
    return tuple(value) if isinstance(value, list) else value


def padded(t, layer):
    sides = []
    size, stride = layer["kernelSize"], layer["stride"]
    size, stride = (size, stride) if isinstance(size, list) else ([size], [stride])
    for n, k, s in reversed(list(zip(t.shape[2:], size, stride))):
        pad = max((-(-n // s) - 1) * s + k - n, 0) if layer.get("padding") == "same" else 0
        sides += [pad // 2, pad - pad // 2]
    return f.pad(t, sides)


def trained(given):
    spec = given["spec"]
    tensors = [torch.tensor(values, dtype=torch.float32).reshape(shape).requires_grad_() for shape, values in given["weights"]]
    x = torch.tensor(given["features"], dtype=torch.float32).reshape([-1, *spec["inputShape"]])
    y = torch.tensor(given["labels"], dtype=torch.float32)

    def forward(t):
        own = iter(tensors)
        for layer in spec["layers"]:
            kind = layer["type"]
            if kind == "dense":
                t = t @ next(own)
                t = t + next(own) if layer["bias"] else t
            elif kind.startswith("conv"):
                kernel = next(own)
                kernel = kernel.permute(kernel.ndim - 1, kernel.ndim - 2, *range(kernel.ndim - 2))
                bias = next(own) if layer["bias"] else None
                conv = f.conv1d if kind == "conv1d" else f.conv2d
                t = last(conv(padded(first(t), layer), kernel, bias, pair(layer["stride"])))
            elif "pool" in kind:
                name = {"max-pool1d": "max_pool1d", "max-pool2d": "max_pool2d"}.get(kind, kind.replace("average-pool", "avg_pool"))
                t = last(getattr(f, name)(first(t), pair(layer["kernelSize"]), pair(layer["stride"])))
            elif kind == "group-norm":
                t = last(f.group_norm(first(t), layer["groups"], next(own), next(own), layer["epsilon"]))
            elif kind == "activation":
                t = getattr(torch, layer["function"])(t) if layer["function"] != "elu" else f.elu(t)
            elif kind == "scale":
                t = t * layer["factor"]
            elif kind == "flatten":
                t = t.flatten(1)
            else:
                raise ValueError(kind)
        return t


    def loss(z):
        if spec["loss"] == "softmax-cross-entropy":
            return f.cross_entropy(z, y.long())
        if spec["loss"] == "sigmoid-cross-entropy":
            return f.binary_cross_entropy_with_logits(z[:, 0], y)
        return ((z[:, 0] - y) ** 2 / 2).mean()


    chosen = given["optimizer"]
    rate = chosen["learningRate"]
    step = {
        "sgd": lambda: torch.optim.SGD(tensors, lr=rate),
        "momentum": lambda: torch.optim.SGD(tensors, lr=rate, momentum=chosen.get("momentum", 0)),
        "adam": lambda: torch.optim.Adam(tensors, lr=rate),
    }[chosen["name"]]()
    for _ in range(50):
        step.zero_grad()
        loss(forward(x)).backward()
        step.step()
    return [value for tensor in tensors for value in tensor.detach().flatten().tolist()]


json.dump([trained(case) for case in json.load(sys.stdin)], sys.stdout)
