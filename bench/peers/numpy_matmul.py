"""The matrix product of numpy, float32. A question a line: {"rows", "depth", "columns", "times"}; answer: {"seconds"}.

Threads are those of its BLAS: set OPENBLAS_NUM_THREADS, MKL_NUM_THREADS and OMP_NUM_THREADS.
"""

import json
import sys
import time

import numpy

known = {}


def matrices(rows, depth, columns):
    key = (rows, depth, columns)
    if key not in known:
        random = numpy.random.default_rng(1)
        a = random.uniform(-1, 1, (rows, depth)).astype(numpy.float32)
        b = random.uniform(-1, 1, (depth, columns)).astype(numpy.float32)
        known[key] = (a, b, numpy.empty((rows, columns), numpy.float32))
    return known[key]


for line in sys.stdin:
    question = json.loads(line)
    a, b, c = matrices(question["rows"], question["depth"], question["columns"])
    start = time.perf_counter()
    for _ in range(question["times"]):
        numpy.matmul(a, b, out=c)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
