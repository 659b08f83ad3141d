"""A site whose scales and lids all are on one bus, as a site file."""

import re

import program

BUS = """
buses = (
    { name = "bus1"; device = "%s"; line = "19200/8n1"; timeout_ms = 100;
      devices = ( { map = "zsg4"; address = 3; period_ms = 100; },
                  { map = "di"; address = 1; count = 4; },
                  { map = "kpr"; address = 9; channel = 5; },
                  { map = "relay"; address = 1; count = 4; } ); }
);
"""

BIN = """    {{ number = {0}; class = "{1}"; scale = "bus1"; scale_channel = {0};
      lid = "bus1"; lid_channel = {0}; capacity_g = 60000; division_g = 10; }}"""

CLASSES = ("recyclable", "hazardous", "kitchen", "residual")


def access():
    with open(program.in_tree("assets", "deploy", "simulated.cfg"), encoding="utf-8") as file:
        return re.search(r"access = \{.*?\};", file.read(), re.DOTALL).group(0)


def text(device="/dev/pts/none", bus=BUS, locks=False):
    bins = ",\n".join(BIN.format(i + 1, name) for i, name in enumerate(CLASSES))
    if locks:
        bins = re.sub(r"lid_channel = (.);", r'lid_channel = \1; lock = "bus1"; lock_channel = \1;',
                      bins)
    site = 'site = { id = "bus-1"; name = "bus"; point = "1"; };\n'
    return site + access() + (bus % device if "%s" in bus else bus) + f"bins = (\n{bins}\n);\n"


def write(path, **options):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text(**options))
