"""Times the training loop of the tutorial's program, which runs unchanged.

Usage: tutorial_loop.py PROGRAM [ROUNDS]

Sums the wall time of all calls of HospitalClient.train: the model's copy, the optimizer and the loader of a round, its
steps, and the entry of the audit log; not the making of data, aggregation or evaluation. Prints one line of JSON:
{"trainSeconds", "steps", "threads"}.
"""

import contextlib
import functools
import importlib.util
import json
import sys
import time

import torch

spec = importlib.util.spec_from_file_location("tutorial", sys.argv[1])
tutorial = importlib.util.module_from_spec(spec)
sys.modules["tutorial"] = tutorial  # dataclasses look their module up
spec.loader.exec_module(tutorial)

train = tutorial.HospitalClient.train
total = {"seconds": 0.0, "steps": 0}


def timed(self, *args, **kwargs):
    start = time.perf_counter()
    result = train(self, *args, **kwargs)
    total["seconds"] += time.perf_counter() - start
    total["steps"] += self.config.local_epochs * -(-self.num_samples // self.config.batch_size)
    return result


tutorial.HospitalClient.train = timed
if len(sys.argv) > 2:
    tutorial.HealthcareFLConfig = functools.partial(tutorial.HealthcareFLConfig, num_rounds=int(sys.argv[2]))
with contextlib.redirect_stdout(sys.stderr):
    tutorial.simulate_healthcare_fl()
print(json.dumps({"trainSeconds": total["seconds"], "steps": total["steps"], "threads": torch.get_num_threads()}))
