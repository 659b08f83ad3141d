"""What a user would write in Python: a thread a port, readline and a regular expression.

    serial_bench.py TIMES SECONDS NAME...

The files, the figures and the line printed are those of `serial_bench read` (serial_bench.c).
"""

import mmap
import re
import resource
import struct
import sys
import threading
import time

import serial

FRAMES_MAX = 80 * 50  # as in serial_bench.c
FRAME = re.compile(rb"(ST|US),(GS|NT),([+-])\s*([\d.]+)kg")

path, seconds, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
with open(path, "rb") as file:
    times = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
latencies = []
stopping = False


def run(port, name):
    line = serial.Serial(name, 9600, timeout=0.2)
    while not stopping:
        match = FRAME.match(line.readline())
        if match:
            now = time.monotonic_ns()
            place = port * FRAMES_MAX + round(float(match[4]) * 100)
            latencies.append(now - struct.unpack_from("q", times, place * 8)[0])


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


threads = [threading.Thread(target=run, args=row) for row in enumerate(names)]
for thread in threads:
    thread.start()
begin, begin_cpu = time.monotonic(), cpu()
time.sleep(seconds + 1)
share = (cpu() - begin_cpu) / (time.monotonic() - begin) * 100
stopping = True
for thread in threads:
    thread.join()
latencies.sort()
count = len(latencies)
print("pyserial", count, "%.2f" % share, "%.2f" % share, latencies[count // 2] // 1000,
      latencies[count * 99 // 100] // 1000, latencies[-1] // 1000, sep="\t")
