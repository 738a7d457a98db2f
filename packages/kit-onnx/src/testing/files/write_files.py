"""Writes the ONNX files of kit-onnx's tests, with what PyTorch gives for some examples."""
import json, sys, torch
from torch import nn
out = sys.argv[1]
torch.manual_seed(17)

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
    def forward(self, x):
        return torch.relu(x + self.bn1(self.conv1(x)))

class Net(nn.Module):
    def __init__(self, norm=nn.BatchNorm2d):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, stride=2, padding=1)
        self.bn = norm(4)
        self.block = Block()
        self.fc = nn.Linear(4, 3)
    def forward(self, x):
        x = torch.relu(self.bn(self.conv(x)))
        x = self.block(x)
        x = x.mean((2, 3))
        return self.fc(x.view(x.size(0), -1))

class Group(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.fc = nn.Conv2d(1, 4, 3), nn.GroupNorm(2, 4), nn.Linear(16, 1)
    def forward(self, x):
        x = torch.nn.functional.max_pool2d(torch.relu(self.norm(self.conv(x))), 2)
        return torch.sigmoid(self.fc(torch.flatten(x, 1)))

def stats(model):
    g = torch.Generator().manual_seed(3)
    for m in model.modules():
        if isinstance(m, (nn.BatchNorm2d, nn.BatchNorm1d)):
            m.running_mean.copy_(torch.randn(m.running_mean.shape, generator=g) * 0.3)
            m.running_var.copy_(torch.rand(m.running_var.shape, generator=g) + 0.5)
            with torch.no_grad():
                m.weight.copy_(torch.rand(m.weight.shape, generator=g) + 0.5)
                m.bias.copy_(torch.randn(m.bias.shape, generator=g) * 0.2)
    return model.eval()

dynamic = dict(input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}})
preserve = dict(training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
mlp = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 3), nn.Softmax(dim=1))
mlpbn = stats(nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2)))
signal = nn.Sequential(nn.Conv1d(2, 4, 3, stride=2), nn.LeakyReLU(0.1), nn.AvgPool1d(2), nn.Flatten(), nn.Linear(12, 2))
net = stats(Net())
cases = {
    "mlp-softmax": (mlp, (5,), dict(dynamo=False, opset_version=17, **dynamic)),
    "mlp-batch-norm": (mlpbn, (5,), dict(dynamo=False, opset_version=17, **dynamic, **preserve)),
    "signal": (signal, (2, 16), dict(dynamo=False, opset_version=13, **dynamic)),
    "residual-batch-norm": (net, (2, 8, 8), dict(dynamo=False, opset_version=17, **dynamic, **preserve)),
    "residual-fused": (net, (2, 8, 8), dict(dynamo=False, opset_version=18, **dynamic)),
    "residual-one-example": (net, (2, 8, 8), dict(dynamo=False, opset_version=17, **preserve)),
    "group-norm-sigmoid": (Group().eval(), (1, 6, 6), dict(dynamo=False, opset_version=17, **dynamic)),
    "residual-dynamo": (net, (2, 8, 8), dict(dynamo=True, external_data=False, input_names=["x"], output_names=["y"], dynamic_shapes=({0: torch.export.Dim("N")},))),
}
expected = {}
for name, (model, shape, options) in cases.items():
    model.eval()
    try:
        torch.onnx.export(model, (torch.randn(1 if "one" in name else 2, *shape),), f"{out}/{name}.onnx", **options)
    except Exception as e:
        print("FAILED", name, repr(e)[:500]); continue
    x = torch.randn(3, *shape, generator=torch.Generator().manual_seed(5))
    logits = model[:-1](x) if name == "mlp-softmax" else model(x)
    if name == "group-norm-sigmoid": logits = torch.logit(model(x))
    expected[name] = {"inputShape": list(shape), "x": [round(v, 6) for v in x.flatten().tolist()], "y": None, "outputs": logits.shape[1]}
    x = torch.tensor(expected[name]["x"]).reshape(3, *shape)
    logits = model[:-1](x) if name == "mlp-softmax" else torch.logit(model(x)) if name == "group-norm-sigmoid" else model(x)
    expected[name]["y"] = [float(f"{v:.8g}") for v in logits.detach().flatten().tolist()]
json.dump(expected, open(f"{out}/expected.json", "w"))
