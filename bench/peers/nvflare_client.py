"""A hospital under NVFLARE, by its client API: a part of nvflare_tutorial.py.

Usage: nvflare_client.py WORKLOAD_FOLDER HOSPITAL
"""

import sys

import nvflare.client as flare
from nvflare.apis.fl_constant import FLMetaKey

from tutorial_task import Workload

workload, hospital = Workload(sys.argv[1]), sys.argv[2]
flare.init()
while flare.is_running():
    received = flare.receive()
    if received is None:
        break
    state, records, steps = workload.train(received.params, hospital, received.current_round)
    # What NVFLARE weighs by has that name; as in the tutorial, it is the number of records.
    meta = {FLMetaKey.NUM_STEPS_CURRENT_ROUND: records, "steps": steps}
    flare.send(flare.FLModel(params=state, meta=meta))
