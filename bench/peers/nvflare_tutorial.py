"""The tutorial's workload in NVFLARE's simulator.

Usage: nvflare_tutorial.py WORKLOAD_FOLDER SIMULATION_FOLDER

The job is that of NVFLARE's FedAvg recipe, with a controller that evaluates as the server of the tutorial does. Each
client has a process of its own, as the simulator has it by default. Prints one line of JSON last:
{"accuracy", "steps", "rounds"}.
"""

import json
import os
import sys

from nvflare.app_opt.pt.job_config.base_fed_job import BaseFedJob
from nvflare.app_opt.pt.job_config.model import PTModel
from nvflare.job_config.script_runner import ScriptRunner

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from nvflare_server import EvaluatedFedAvg
from tutorial_task import TutorialMlp, Workload, report

folder, simulation = map(os.path.abspath, sys.argv[1:3])
workload = Workload(folder)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
os.makedirs(simulation, exist_ok=True)
outcome = os.path.join(simulation, "outcome.json")

job = BaseFedJob(name="tutorial", min_clients=len(workload.hospitals))
persistor = job.to_server(PTModel(TutorialMlp(workload.features)), id="persistor")["persistor_id"]
job.to_server(
    EvaluatedFedAvg(
        num_clients=len(workload.hospitals),
        num_rounds=workload.rounds,
        persistor_id=persistor,
        workload=folder,
        outcome=outcome,
    )
)
for hospital in workload.hospitals:
    job.to(ScriptRunner(script=os.path.join(here, "nvflare_client.py"), script_args=f"{folder} {hospital}"), hospital)
failed = job.simulator_run(simulation, threads=len(workload.hospitals), log_config="error")
if failed:
    sys.exit(f"the simulator ended with {failed}")
with open(outcome) as file:
    report(**json.load(file))
