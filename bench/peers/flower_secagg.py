"""One client's part in a round of Flower's SecAgg+, with all others as its neighbours.

A question a line: {"sites", "size"}; answer: {"seconds", "bytes"}: processor seconds of the three stages of one client, to its
masked vector, and the bytes of that vector. It calls the functions that Flower's client calls, in its order.
"""

import importlib
import json
import sys
import time

import numpy
from flwr.common import ndarrays_to_parameters
from flwr.common.secure_aggregation.secaggplus_constants import Key

# `import ... as` would find the function of that name which the package puts in the module's place.
mod = importlib.import_module("flwr.client.mod.secure_aggregation.secaggplus_mod")


def round_of(sites, size):
    threshold = 2 * sites // 3 + 1
    settings = {
        Key.SAMPLE_NUMBER: sites,
        Key.SHARE_NUMBER: sites,
        Key.THRESHOLD: threshold,
        Key.CLIPPING_RANGE: 8.0,
        Key.TARGET_RANGE: 1 << 22,
        Key.MOD_RANGE: 1 << 32,
        Key.MAX_WEIGHT: 1000.0,
    }
    vector = numpy.random.default_rng(1).uniform(-1, 1, size).astype(numpy.float32)
    parameters = ndarrays_to_parameters([vector])
    states = [mod.SecAggPlusState() for _ in range(sites)]
    spent = 0.0

    def timed(first, work):
        nonlocal spent
        start = time.process_time()
        result = work()
        if first:
            spent += time.process_time() - start
        return result

    keys = {}
    for nid, state in enumerate(states):
        state.nid = nid
        told = timed(nid == 0, lambda state=state: mod._setup(state, settings))
        keys[str(nid)] = (told[Key.PUBLIC_KEY_1], told[Key.PUBLIC_KEY_2])
    # Of the others only what they send to the first: their own shares would take minutes and are not timed.
    mine = states[0]
    timed(True, lambda: mod._share_keys(mine, dict(keys)))
    seed_share, key_share = mine.rd_seed_share_dict[0], mine.sk1_share_dict[0]
    sources, texts = list(range(1, sites)), []
    for nid in sources:
        secret = mod.generate_shared_key(
            mod.bytes_to_private_key(states[nid].sk2), mod.bytes_to_public_key(mine.pk2)
        )
        texts.append(mod.encrypt(secret, mod.share_keys_plaintext_concat(nid, 0, seed_share, key_share)))
    given = {Key.CIPHERTEXT_LIST: texts, Key.SOURCE_LIST: sources}
    came = timed(True, lambda: mod._collect_masked_vectors(states[0], given, 100, parameters))
    return spent, sum(len(array) for array in came[Key.MASKED_PARAMETERS])


for line in sys.stdin:
    question = json.loads(line)
    seconds, size = round_of(question["sites"], question["size"])
    print(json.dumps({"seconds": seconds, "bytes": size}), flush=True)
