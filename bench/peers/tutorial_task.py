"""What a hospital of the tutorial does, in PyTorch: the part that the peers of `fedward bench peers` share.

A workload is a folder that the benchmark writes: `workload.json` with the settings, and `NAME.f32`, one record a row, its
label (0 or 1) behind its features. The rows are the very ones that fedward trains on.

Batches are slices of a shuffled index, which is less work than a DataLoader, and a process computes on one thread: with
more of them steps as small as these wait for each other.
"""

import json
import os

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)


class TutorialMlp(nn.Sequential):
    """The model of tutorial 041."""

    def __init__(self, features: int = 100):
        super().__init__(
            nn.Linear(features, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2)
        )  # fmt: skip


class Workload:
    """Settings and records of a workload's folder; records are read when they are first asked for."""

    def __init__(self, folder: str):
        self.folder = folder
        with open(os.path.join(folder, "workload.json")) as file:
            self.settings = json.load(file)
        self.known = {}

    def __getattr__(self, name: str):
        return self.settings[name]

    def records(self, name: str):
        """(features [n, d] float32, labels [n] int64) of a hospital, or of `test`."""
        if name not in self.known:
            table = numpy.fromfile(os.path.join(self.folder, name + ".f32"), "<f4").reshape(-1, self.features + 1)
            self.known[name] = (torch.from_numpy(table[:, :-1].copy()), torch.from_numpy(table[:, -1].astype("int64")))
        return self.known[name]

    def initial(self):
        torch.manual_seed(self.seed)
        return TutorialMlp(self.features).state_dict()

    def train(self, state, name: str, of_round: int):
        """Trains a copy of the model at one hospital: (its new state, its number of records, the steps it took)."""
        features, labels = self.records(name)
        torch.manual_seed(hash((self.seed, self.hospitals.index(name), of_round)))
        model = TutorialMlp(self.features)
        model.load_state_dict(state)
        model.train()
        optimizer = torch.optim.Adam(model.parameters(), lr=self.learningRate)
        steps = 0
        for _ in range(self.localEpochs):
            for rows in torch.randperm(len(labels)).split(self.batchSize):
                optimizer.zero_grad()
                F.cross_entropy(model(features[rows]), labels[rows]).backward()
                optimizer.step()
                steps += 1
        return model.state_dict(), len(labels), steps

    def accuracy(self, state) -> float:
        """Of a model on the shared test set."""
        features, labels = self.records("test")
        model = TutorialMlp(self.features)
        model.load_state_dict(state)
        model.eval()
        with torch.no_grad():
            return (model(features).argmax(1) == labels).double().mean().item()


def report(accuracy: float, steps: int, rounds: int):
    """The last line of a peer's output."""
    print("\n" + json.dumps({"accuracy": accuracy, "steps": int(steps), "rounds": rounds}), flush=True)
