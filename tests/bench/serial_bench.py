"""What a user would write in Python: a thread a port, readline and a regular expression; a thread
that asks the eight slaves of a bus, without a Modbus library, which would only cost more.

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
SLAVES, PERIOD, PAUSE = 8, 0.2, 0.005  # as the kiosk's bus thread asks them

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


def make_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
        yield byte


TABLE = list(make_table())


def crc(frame):
    value = 0xFFFF
    for byte in frame:
        value = value >> 8 ^ TABLE[(value ^ byte) & 0xFF]
    return struct.pack("<H", value)


def run_bus(ports, name):
    line = serial.Serial(name, 9600, timeout=0.2)
    requests = [bytes([slave + 1, 3, 0, 0, 0, 2]) for slave in range(SLAVES)]
    requests = [request + crc(request) for request in requests]
    due = time.monotonic()
    while not stopping:
        for slave, request in enumerate(requests):
            time.sleep(PAUSE)
            line.reset_input_buffer()
            line.write(request)
            answer = line.read(9)
            if len(answer) == 9 and answer[0] == slave + 1 and crc(answer[:7]) == answer[7:]:
                now = time.monotonic_ns()
                grams = struct.unpack(">i", answer[3:7])[0]
                place = (ports + slave) * FRAMES_MAX + grams // 10
                latencies.append(now - struct.unpack_from("q", times, place * 8)[0])
        due += PERIOD
        time.sleep(max(0, due - time.monotonic()))


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


threads = [threading.Thread(target=run, args=row) for row in enumerate(names[:-1])]
threads.append(threading.Thread(target=run_bus, args=(len(names) - 1, names[-1])))
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
      latencies[count * 99 // 100] // 1000, latencies[-1] // 1000,
      latencies[count * 99 // 100] // 1000, sep="\t")
