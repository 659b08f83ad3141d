#!/usr/bin/env python3
"""Assembles real_devices.capture and real_devices.expected.tsv: frames that real scales sent.

Run it in this directory; it writes both files. No weight frame below was made by the simulator:
where each comes from stands beside it. Only their order in time is ours, and the lid lines, whose
protocol is the project's own (hw/lid_line.h).
"""

# Port s1, Yaohua tF0, unit by setting kg.
YAOHUA_MINUS_1_30 = "02 2D 30 30 30 31 33 30 32 31 44 03"  # -1.30, a public driver's sample
YAOHUA_2_05 = "02 2B 30 30 30 32 30 35 32 31 45 03"  # 2.05, received from a scale in the field
YAOHUA_20_00 = "02 2B 30 30 32 30 30 30 32 31 42 03"  # 20.00, the manual's example

# Port s4, T-Scale NHB (st_gs with a blank for the second comma), grams: as public notes quote them
# from serial logs of the device.
NHB_ST_20_7 = "53 54 2C 47 53 20 20 20 20 32 30 2E 37 67 20 20 0D 0A"  # stable 20.7 g
NHB_US_20_7 = "55 53 2C 47 53 20 20 20 20 32 30 2E 37 67 20 20 0D 0A"  # moving 20.7 g
NHB_ST_85_5 = "53 54 2C 47 53 20 20 20 20 38 35 2E 35 67 20 20 0D 0A"  # stable 85.5 g
NHB_ST_106_2 = "53 54 2C 47 53 20 20 20 31 30 36 2E 32 67 20 20 0D 0A"  # stable 106.2 g

# What each port sends from a time on, ms, ten frames a second.
S1 = [(0, YAOHUA_MINUS_1_30), (14000, YAOHUA_2_05), (74000, YAOHUA_20_00)]
S4 = [
    (0, NHB_ST_20_7),
    (43800, NHB_US_20_7),  # the first item lands
    (44200, NHB_ST_85_5),
    (45600, NHB_ST_106_2),  # and the second
]
LIDS = [(0, "CCCC"), (12000, "OCCC"), (16500, "CCCC"), (42000, "CCCO"), (47500, "CCCC"),
        (72000, "OCCC"), (76500, "CCCC")]
TOUCHES = [(10000, "choose recyclable"), (22000, "tap finish"), (40000, "choose kitchen"),
           (53000, "tap finish")]
END_MS = 95000

# Bin, weight, outcome. 106.2 g and 20.7 g are readings of 106 g and 21 g; the third visit chose
# nothing.
EXPECTED = [(1, 2050 + 1300, "consistent"), (4, 106 - 21, "wrong_bin"),
            (1, 20000 - 2050, "undeclared")]


def crc16_modbus(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def lid_line(sequence, states):
    body = b"LID,01,%02X,%s" % (sequence & 0xFF, states.encode())
    return " ".join("%02X" % byte for byte in b"$%s*%04X\r\n" % (body, crc16_modbus(body)))


def current(schedule, t_ms):
    return [what for since, what in schedule if since <= t_ms][-1]


def lines():
    for phase, port, schedule in ((20, "s1", S1), (70, "s4", S4)):
        for t_ms in range(phase, END_MS, 100):
            yield t_ms, "%s < %s" % (port, current(schedule, t_ms))
    times = sorted(set(range(0, END_MS, 500)) | {t_ms for t_ms, _ in LIDS})
    for sequence, t_ms in enumerate(times):
        yield t_ms, "l1 < " + lid_line(sequence, current(LIDS, t_ms))
    for t_ms, touch in TOUCHES:
        yield t_ms, "ui " + touch


def main():
    with open("real_devices.capture", "w", encoding="ascii") as out:
        out.write("#biaogan-capture 1\n# frames of real scales, see make_real_devices.py\n")
        out.write("@ port s1 yaohua_tf0 9600/8n1\n@ port s4 st_gs 9600/8n1\n")
        out.write("@ port l1 lid_line 9600/8n1\n0 clock 1795392000000 ntp\n")
        for t_ms, line in sorted(lines(), key=lambda item: item[0]):
            out.write("%d %s\n" % (t_ms, line))
    with open("real_devices.expected.tsv", "w", encoding="ascii") as out:
        out.write("bin\tweight_g\toutcome\n")
        for row in EXPECTED:
            out.write("%d\t%d\t%s\n" % row)


if __name__ == "__main__":
    main()
