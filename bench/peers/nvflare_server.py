"""NVFLARE's FedAvg with evaluation at the server, which also counts what clients did: a part of nvflare_tutorial.py."""

import json

import torch
from nvflare.app_common.workflows.fedavg import FedAvg

from tutorial_task import Workload


class EvaluatedFedAvg(FedAvg):
    """Arguments are named one by one: NVFLARE writes a job's components down by what their constructor names."""

    def __init__(self, num_clients: int, num_rounds: int, persistor_id: str, workload: str, outcome: str):
        super().__init__(num_clients=num_clients, num_rounds=num_rounds, persistor_id=persistor_id)
        self.workload = workload
        self.outcome = outcome
        self.steps = 0
        self.done = 0

    def run(self):
        self.task = Workload(self.workload)
        super().run()
        with open(self.outcome, "w") as file:
            json.dump({"accuracy": self.accuracy, "steps": self.steps, "rounds": self.done}, file)

    def _aggregate_one_result(self, result):
        self.steps += result.meta["steps"]
        return super()._aggregate_one_result(result)

    def update_model(self, model, aggregated, *args, **options):
        model = super().update_model(model, aggregated, *args, **options)
        self.accuracy = self.task.accuracy({name: torch.as_tensor(value) for name, value in model.params.items()})
        self.done += 1
        return model
