"""Recounts every figure of the screens, the downloads and the administrator's page from exported
rows alone, and wants the same numbers.

    recount.py --maker RANDOM_LOGS [--logs N] [--seed S]

Written after the definitions in kiosk/core/figures.h, without a line of its code: days by datetime,
spans by sets of edges, Wilson's interval by real arithmetic.
"""
import argparse
import collections
import concurrent.futures
import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile

CHINA = datetime.timezone(datetime.timedelta(hours=8))
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
OUTCOMES = ("consistent", "corrected", "wrong_bin", "undeclared", "unweighed", "interrupted")
CLASSES = ("recyclable", "hazardous", "kitchen", "residual")
SAMPLE_LEAST = 30
DAY_MS = 24 * 3600 * 1000
# 0.01 percentage points is what is promised; the definition allows 0.0005.
PPM_ALLOWED = 5


def utc_ms(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


def day_of(text):
    """The local date of an exported moment; None without a clock."""
    if text is None:
        return None
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(CHINA).date()


def date_of(text):
    return None if text is None else datetime.date.fromisoformat(text)


def permille(part, whole):
    return math.floor(part * 1000 / whole) if whole > 0 and abs(part) < 2 ** 40 else None


def wilson(passed, checked):
    z = 1.959963984540054
    share = passed / checked
    centre = share + z * z / (2 * checked)
    spread = z * math.sqrt(share * (1 - share) / checked + z * z / (4 * checked * checked))
    divisor = 1 + z * z / checked
    return (centre - spread) / divisor, (centre + spread) / divisor


class Log:
    def __init__(self, seed, first, last):
        self.seed = seed
        self.period = (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
        self.rows = collections.defaultdict(list)
        self.web = {}
        self.differences = []
        self.compared = 0

    def equal(self, what, said, counted):
        self.compared += 1
        if said != counted:
            self.differences.append(f"log {self.seed}: {what}: said {said!r}, counted {counted!r}")

    def near(self, what, said_ppm, counted):
        self.compared += 1
        if said_ppm is None or abs(said_ppm - counted * 1e6) > PPM_ALLOWED:
            self.differences.append(f"log {self.seed}: {what}: said {said_ppm}, counted {counted}")


# ---- sums ----------------------------------------------------------------------------------------

def count(log, chosen):
    """The sums of the days for which chosen(day) is true."""
    rows = {what: [row for row in log.rows[what] if chosen(day_of(row["utc"]))]
            for what in ("deposits", "changes", "inspections")}
    kept = [row for row in rows["deposits"] if row["undone_seq"] is None]
    undone = [row for row in rows["deposits"] if row["undone_seq"] is not None]
    weighed = [row for row in kept if row["weight_g"] is not None]
    matching = [row for row in kept if row["outcome"] in ("consistent", "corrected")]
    sums = {
        "deposits": len(kept),
        "weighed": len(weighed),
        "grams": sum(row["weight_g"] for row in weighed),
        "matching": len(matching),
        "matching_g": sum(row["weight_g"] or 0 for row in matching),
        "undone": len(undone),
        "undone_g": sum(row["weight_g"] or 0 for row in undone),
        "near_misses": sum(row["near_miss"] for row in rows["changes"]),
        "inspections": len(rows["inspections"]),
        "checked": sum(row["checked"] for row in rows["inspections"]),
        "wrong": sum(row["wrong"] for row in rows["inspections"]),
    }
    for outcome in OUTCOMES:
        sums[outcome] = sum(row["outcome"] == outcome for row in kept)
    for name in CLASSES:
        sums[name + "_g"] = sum(row["weight_g"] for row in weighed if row["bin_class"] == name)
    return sums


def check_figures(log):
    said = {date_of(row["day"]): row for row in log.rows["figures"]}
    log.equal("figures: days once", len(said), len(log.rows["figures"]))
    days = {day_of(row["utc"]) for row in log.rows["deposits"] + log.rows["inspections"]}
    days |= {day_of(row["utc"]) for row in log.rows["changes"] if row["near_miss"]}
    log.equal("figures: days", set(said), days)
    for day, row in said.items():
        sums = count(log, lambda other, day=day: other == day)
        for name, counted in sums.items():
            log.equal(f"figures {day} {name}", row[name], counted)
        log.equal(f"figures {day} rate", row["rate_permille"],
                  permille(sums["matching"], sums["deposits"]))
        log.equal(f"figures {day} rate by weight", row["rate_by_weight_permille"],
                  permille(sums["matching_g"], sums["grams"]))
        if sums["checked"] == 0:
            log.equal(f"figures {day} interval", row["accuracy_low_ppm"], None)
        else:
            low, high = wilson(sums["checked"] - sums["wrong"], sums["checked"])
            log.near(f"figures {day} low", row["accuracy_low_ppm"], low)
            log.near(f"figures {day} high", row["accuracy_high_ppm"], high)


# ---- screen and page -----------------------------------------------------------------------------

def periods(log):
    now = log.rows["screen"][0]["utc_ms"]
    today = (EPOCH + datetime.timedelta(milliseconds=now)).astimezone(CHINA).date()
    monday = today - datetime.timedelta(days=today.weekday())
    return today, monday


def within(first, last):
    return lambda day: day is not None and first <= day <= last


def check_screen(log):
    screen = log.rows["screen"][0]
    today, monday = periods(log)
    day = count(log, within(today, today))
    week = count(log, within(monday, monday + datetime.timedelta(days=6)))
    log.equal("screen: today's deposits", screen["today_deposits"], day["deposits"])
    log.equal("screen: today's grams", screen["today_grams"], day["grams"])
    log.equal("screen: the week's deposits", screen["week_deposits"], week["deposits"])
    log.equal("screen: the week's consistent", screen["week_consistent"], week["matching"])
    log.equal("screen: the week's inspections", screen["week_inspections"], week["inspections"])
    log.equal("screen: the week's checked", screen["week_checked"], week["checked"])
    log.equal("screen: the week's passed", screen["week_passed"], week["checked"] - week["wrong"])
    log.equal("screen: enough", bool(screen["enough"]), week["checked"] >= SAMPLE_LEAST)
    if week["checked"]:
        low, high = wilson(week["checked"] - week["wrong"], week["checked"])
        log.near("screen: low", screen["low_ppm"], low)
        log.near("screen: high", screen["high_ppm"], high)


def percent(part, whole):
    value = permille(part, whole)
    return "–" if value is None else f"{value // 10}.{value % 10}%"


def kilograms(grams):
    return f"{grams // 1000}.{grams % 1000:03d}"


def page_values(sums):
    everything = sums["deposits"]
    yield "rate", percent(sums["matching"], everything)
    yield "rate_by_weight", percent(sums["matching_g"], sums["grams"])
    yield "count", str(everything)
    yield "weighed", str(sums["weighed"])
    yield "kg", kilograms(sums["grams"])
    for name in CLASSES:
        yield "kg." + name, kilograms(sums[name + "_g"])
    for outcome in OUTCOMES:
        yield "share." + outcome, f"{percent(sums[outcome], everything)} ({sums[outcome]})"
    for name in ("undone", "near_misses", "inspections", "checked", "wrong"):
        yield name, str(sums[name])
    checked, passed = sums["checked"], sums["checked"] - sums["wrong"]
    if checked == 0:
        yield "accuracy", "–"
    else:
        yield "accuracy", percent(passed, checked) if checked >= SAMPLE_LEAST else "样本不足"


def check_interval(log, name, sums):
    """The page cuts the low end and raises the high one to a tenth of a percent."""
    said = log.web[name + ".accuracy.interval"]
    checked = sums["checked"]
    if checked < SAMPLE_LEAST or said == "–":
        log.equal(f"web {name} interval", said == "–", checked < SAMPLE_LEAST)
        return
    low, high = wilson(checked - sums["wrong"], checked)
    ends = [float(end.rstrip("%")) for end in said.split(" – ")]
    slack = PPM_ALLOWED / 1e4
    log.equal(f"web {name} low {said} of {low}", -slack <= low * 100 - ends[0] < 0.1 + slack, True)
    log.equal(f"web {name} high {said} of {high}",
              -slack <= ends[1] - high * 100 < 0.1 + slack, True)


def check_page(log):
    today, monday = periods(log)
    spans = {"today": (today, today), "week": (monday, today), "period": log.period}
    for name, (first, last) in spans.items():
        sums = count(log, within(first, last))
        for key, counted in page_values(sums):
            log.equal(f"web {name}.{key}", log.web[f"{name}.{key}"], counted)
        check_interval(log, name, sums)


# ---- mass balance --------------------------------------------------------------------------------

def check_balance(log):
    groups = collections.defaultdict(list)
    for row in log.rows["changes"]:
        groups[day_of(row["utc"]), row["bin"]].append(row)
    said = {(date_of(row["day"]), row["bin"]): row for row in log.rows["balance"]}
    log.equal("balance: days and bins", set(said), set(groups))
    for key, rows in groups.items():
        row = said.get(key, {})
        known = [r for r in rows if r["change_g"] is not None]
        own = sum(r["change_g"] for r in known if r["kind"] == "deposit")
        other = [r["change_g"] for r in known if r["kind"] in ("undone", "closing", "adjustment")]
        cleared = [r for r in rows if r["kind"] == "collection"]
        cleared_g = sum(r["change_g"] or 0 for r in cleared)
        befores = [r["before_g"] for r in rows if r["before_g"] is not None]
        afters = [r["after_g"] for r in rows if r["after_g"] is not None]
        unknown_cleared = sum(r["change_g"] is None for r in cleared)
        gain = None
        if befores and afters and unknown_cleared == 0:
            gain = afters[-1] - befores[0] + cleared_g
        accounted = own + sum(other)
        counted = {
            "deposits_g": own,
            "unattributed_g": sum(g for g in other if g > 0),
            "removed_g": -sum(g for g in other if g < 0),
            "accounted_g": accounted,
            "cleared_g": cleared_g,
            "first_g": befores[0] if befores else None,
            "last_g": afters[-1] if afters else None,
            "gain_g": gain,
            "gap_g": None if gain is None else gain - accounted,
            "unknown": sum(r["change_g"] is None for r in rows if r["kind"] != "collection"),
            "unknown_cleared": unknown_cleared,
        }
        for name, value in counted.items():
            log.equal(f"balance {key} {name}", row.get(name), value)


def check_changes(log):
    """Each change of weight is in one row, and the deposits among them are the deposits."""
    deposits = {row["seq"]: (row["bin"], row["weight_g"], row["base_g"], row["final_g"],
                             "deposit" if row["undone_seq"] is None else "undone")
                for row in log.rows["deposits"]}
    changes = {row["seq"]: (row["bin"], row["change_g"], row["before_g"], row["after_g"],
                            row["kind"])
               for row in log.rows["changes"] if row["kind"] in ("deposit", "undone")}
    log.equal("changes: deposits", changes, deposits)
    collections_ = {row["seq"]: row["removed_g"] for row in log.rows["collections"]}
    cleared = {row["seq"]: row["change_g"] for row in log.rows["changes"]
               if row["kind"] == "collection"}
    log.equal("changes: collections", cleared, collections_)
    seqs = [row["seq"] for row in log.rows["changes"]]
    log.equal("changes: once each, in order", seqs, sorted(set(seqs)))


# ---- uptime --------------------------------------------------------------------------------------

def runs_of(log):
    """(first seq, start of the monotonic clock, its moment on the wall clock or None, end)"""
    runs = []
    for row in log.rows["runs"]:
        end = None if row["end_utc"] is None else utc_ms(row["end_utc"])
        start = None if end is None else end - (row["end_ms"] - row["start_ms"])
        runs.append((row["seq"], row["start_ms"], start, end))
    return runs


def wall(runs, seq, t_ms):
    run = [run for run in runs if run[0] <= seq][-1]
    return None if run[2] is None else run[2] + max(0, t_ms - run[1])


def measure(period, covers):
    """By the edges of all spans: which of `covers` hold between two of them?"""
    edges = {period[0], period[1]}
    for spans in covers:
        for span in spans:
            edges |= {edge for edge in span if period[0] < edge < period[1]}
    edges = sorted(edges)
    total = collections.Counter()
    for left, right in zip(edges, edges[1:]):
        key = tuple(any(a <= left and right <= b for a, b in spans) for spans in covers)
        total[key] += right - left
    return total


def check_uptime(log):
    runs = runs_of(log)
    spans = [(run[2], run[3]) for run in runs if run[2] is not None and run[2] < run[3]]
    said = {(date_of(row["day"]), row["part"]): row for row in log.rows["uptime"]}
    if not spans:
        log.equal("uptime: nothing is known", said, {})
        return
    known = (min(a for a, _ in spans), max(b for _, b in spans))
    faults = collections.defaultdict(list)
    for alarm in log.rows["alarms"]:
        begin = wall(runs, alarm["seq"], alarm["since_ms"])
        end = known[1]
        if alarm["cleared_seq"] is not None:
            end = wall(runs, alarm["cleared_seq"], alarm["cleared_ms"])
            end = known[1] if end is None else end
        if begin is not None and begin < end:
            faults[alarm["part"]].append((begin, end))
    parts = {"kiosk"} | {alarm["part"] for alarm in log.rows["alarms"]}
    parts |= {row["scale"] for row in log.rows["deposits"] if row["scale"]}
    first = (known[0] + 8 * 3600 * 1000) // DAY_MS
    last = (known[1] - 1 + 8 * 3600 * 1000) // DAY_MS
    days = [datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
            for day in range(first, last + 1)]
    log.equal("uptime: days and parts", set(said), {(day, part) for day in days for part in parts})
    # A clock that was wrong by a year makes many empty days: some of them are enough.
    for day in days if len(days) < 40 else days[:10] + days[-10:]:
        midnight = (day - datetime.date(1970, 1, 1)).days * DAY_MS - 8 * 3600 * 1000
        period = (max(midnight, known[0]), min(midnight + DAY_MS, known[1]))
        for part in parts:
            total = measure(period, (spans, faults[part]))
            row = said.get((day, part), {})
            log.equal(f"uptime {day} {part} up", row.get("up_ms"), total[True, False])
            log.equal(f"uptime {day} {part} faulty", row.get("faulty_ms"), total[True, True])
            log.equal(f"uptime {day} {part} off", row.get("off_ms"),
                      total[False, False] + total[False, True])


# ---- all of it -----------------------------------------------------------------------------------

CHECKS = (check_figures, check_screen, check_page, check_balance, check_changes, check_uptime)


def check(log):
    for one in CHECKS:
        one(log)
    return log


def read_logs(stream):
    log = None
    for line in stream:
        what, _, rest = line.rstrip("\n").partition(" ")
        if what == "log":
            if log:
                yield log
            log = Log(*rest.split())
        elif what == "web":
            name, _, value = rest.partition("\t")
            log.web[name] = value
        else:
            log.rows[what].append(json.loads(rest))
    if log:
        yield log


def recount(maker, seed, logs):
    """Returns how many logs and numbers were compared, and what differed."""
    done = compared = 0
    differences = []
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as directory:
        process = subprocess.Popen([maker, str(seed), str(logs)], stdout=subprocess.PIPE,
                                   encoding="utf-8", env={**os.environ, "TMPDIR": directory})
        for log in read_logs(process.stdout):
            check(log)
            done += 1
            compared += log.compared
            differences += log.differences[:5]
        if process.wait() != 0:
            differences.append(f"{maker} {seed} {logs} ended with {process.returncode}")
    return done, compared, differences


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maker", required=True)
    parser.add_argument("--logs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 40)
    print(f"seed {seed}")
    share = -(-options.logs // options.jobs)
    starts = range(0, options.logs, share)
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        results = list(pool.map(recount, [options.maker] * len(starts), [seed + s for s in starts],
                                [min(share, options.logs - s) for s in starts]))
    done = sum(result[0] for result in results)
    differences = [difference for result in results for difference in result[2]]
    print(f"{done} logs, {sum(result[1] for result in results)} numbers compared, "
          f"{len(differences)} differences")
    for difference in differences[:20]:
        print(difference)
    return 0 if done == options.logs and not differences else 1


if __name__ == "__main__":
    sys.exit(main())
