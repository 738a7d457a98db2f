"""The tutorial's workload in Flower's simulation (`flwr[simulation]`).

Usage: flower_tutorial.py WORKLOAD_FOLDER [FOLDER_OF_ITS_OWN, not used]

Runs in this process and those of Ray, one client a core at a time, which is lighter than `flwr run`: that starts a
server and installs the app first. Prints one line of JSON last: {"accuracy", "steps", "rounds"}.
"""

import os
import sys

from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tutorial_task import Workload, report

folder = sys.argv[1]
workload = Workload(folder)
client_app = ClientApp()
server_app = ServerApp()
outcome = {}
at_worker = {}


@client_app.train()
def train(message: Message, context: Context) -> Message:
    mine = at_worker.setdefault(folder, Workload(folder))  # a worker trains many clients in its life
    name = mine.hospitals[int(context.node_config["partition-id"])]
    state = message.content["arrays"].to_torch_state_dict()
    trained, records, steps = mine.train(state, name, message.content["config"]["server-round"])
    metrics = MetricRecord({"num-examples": records, "steps": steps})
    return Message(RecordDict({"arrays": ArrayRecord(trained), "metrics": metrics}), reply_to=message)


def add_steps(contents: list[RecordDict], _weighted_by: str) -> MetricRecord:
    return MetricRecord({"steps": sum(content["metrics"]["steps"] for content in contents)})


def evaluate(_round: int, arrays: ArrayRecord) -> MetricRecord:
    return MetricRecord({"accuracy": workload.accuracy(arrays.to_torch_state_dict())})


@server_app.main()
def main(grid: Grid, _context: Context) -> None:
    strategy = FedAvg(
        fraction_evaluate=0.0,
        min_train_nodes=len(workload.hospitals),
        min_available_nodes=len(workload.hospitals),
        train_metrics_aggr_fn=add_steps,
    )
    outcome["result"] = strategy.start(
        grid=grid,
        initial_arrays=ArrayRecord(workload.initial()),
        num_rounds=workload.rounds,
        train_config=ConfigRecord(),
        evaluate_fn=evaluate,
    )


run_simulation(
    server_app=server_app,
    client_app=client_app,
    num_supernodes=len(workload.hospitals),
    backend_config={
        "init_args": {"logging_level": "WARNING", "log_to_driver": False},
        "client_resources": {"num_cpus": 1, "num_gpus": 0.0},
    },
)
result = outcome["result"]
trained = result.train_metrics_clientapp
report(
    result.evaluate_metrics_serverapp[workload.rounds]["accuracy"],
    sum(metrics["steps"] for metrics in trained.values()),
    len(trained),
)
