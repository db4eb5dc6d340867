"""Runs a program and writes how long it took and how much memory it held at most, as JSON.

usage: measure.py RESULT PROGRAM [ARGUMENT]...

The kernel tells both when the program ends (wait4), the processes that it waited for included. Standard input, output and
error are passed on.
"""

import json
import os
import sys
import time

result, program = sys.argv[1], sys.argv[2:]
began = time.monotonic()
child = os.posix_spawnp(program[0], program, os.environ)
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - began
with open(result, "w") as out:
    json.dump(
        {
            "wall_seconds": wall,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_bytes": used.ru_maxrss * 1024,
            "status": os.waitstatus_to_exitcode(status),
        },
        out,
    )
