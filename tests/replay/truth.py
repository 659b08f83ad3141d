"""The truth of a simulated site, and whether a ledger tells it.

Reads what `biaogan simulate` wrote: the tab-separated truth, and from the capture what people
touched. Shares no code with the program.
"""

import csv

DIVISION_G = 10  # of every scale of the simulated site
LID_MS = 200  # a lid is known within this
LEFT_OPEN_MS = 8000  # a gain that rests so long under an open lid is a deposit already
SETTLE_MS = 3000  # a collection ends when what stands on the scale has settled
ANSWER_MS = 10000  # a visit lives so long after its last event


def read_truth(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [
            {
                "opened_ms": int(line["opened_ms"]),
                "closed_ms": int(line["closed_ms"]),
                "bin": int(line["bin"]),
                "bin_class": line["bin_class"],
                "grams": int(line["grams"]),
                "chosen": line["chosen"] or None,
                "outcome": line["outcome"],
            }
            for line in csv.DictReader(file, delimiter="\t")
        ]


def read_touches(path):
    """(t_ms, verb, argument) of every touch in a capture."""
    touches = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split(None, 3)
            if len(words) >= 3 and words[1] == "ui":
                touches.append((int(words[0]), words[2], words[3].strip() if words[3:] else ""))
    return touches


def answers(truth, touches):
    """For each deposit the class that its person named afterwards, or None: the first touch after
    an undeclared bag, if it is a choice in time and no other lid opened before."""
    named = []
    for i, bag in enumerate(truth):
        after = [touch for touch in touches if touch[0] > bag["closed_ms"]][:1]
        in_time = after and after[0][0] - bag["closed_ms"] < ANSWER_MS
        next_opening = truth[i + 1]["opened_ms"] if i + 1 < len(truth) else float("inf")
        asked = bag["outcome"] == "undeclared"
        answered = asked and in_time and after[0][1] == "choose" and after[0][0] < next_opening
        named.append(after[0][2] if answered else None)
    return named


def collections(touches):
    """(bin, from, to) of every collection that a cleaner finished."""
    result, begun = [], None
    for t_ms, verb, argument in touches:
        if verb == "tap" and argument.startswith("collect "):
            begun = (int(argument.split()[1]), t_ms)
        elif verb == "tap" and argument == "collect_done" and begun is not None:
            result.append((*begun, t_ms))
            begun = None
    return result


def compare_deposits(checks, truth, deposits, named):
    """Same bags, same order, same judgement; weights within the scales' division."""
    if not checks.equal(len(deposits), len(truth), "number of deposits"):
        return
    near = weighed = 0
    for bag, deposit, answer in zip(truth, deposits, named):
        at = f"bag at {bag['opened_ms']} ms (seq {deposit['seq']})"
        checks.equal(deposit["bin"], bag["bin"], f"{at}: bin")
        checks.equal(deposit["bin_class"], bag["bin_class"], f"{at}: class of the bin")
        checks.equal(deposit["chosen_class"], bag["chosen"], f"{at}: chosen class")
        checks.equal(deposit["outcome"], bag["outcome"], f"{at}: outcome")
        checks.equal(deposit["declared_after"], answer, f"{at}: declared after")
        late = deposit["opened_ms"] - bag["opened_ms"]
        checks.that(abs(late) <= LID_MS, f"{at}: opened_ms is {late} ms off")
        late = deposit["closed_ms"] - bag["closed_ms"]
        left_open = bag["opened_ms"] + LEFT_OPEN_MS <= deposit["closed_ms"] <= bag["closed_ms"]
        checks.that(abs(late) <= LID_MS or left_open, f"{at}: closed_ms is {late} ms off")
        if bag["outcome"] == "unweighed":
            checks.equal(deposit["weight_g"], None, f"{at}: weight")
            continue
        if not checks.that(deposit["weight_g"] is not None, f"{at}: no weight"):
            continue
        off_g = abs(deposit["weight_g"] - bag["grams"])
        checks.that(off_g <= 2 * DIVISION_G, f"{at}: weight is {off_g} g off")
        weighed += 1
        near += off_g <= DIVISION_G
    checks.that(near * 100 >= weighed * 99, f"only {near} of {weighed} weights within a division")
    print(f"{len(truth)} deposits, {near} of {weighed} weights within {DIVISION_G} g")


def compare_collections(checks, expected, truth, exported):
    """Every collection is there, and what it took away is what people had thrown."""
    rows, deposits = exported["collections"], exported["deposits"]
    if not checks.equal([row["bin"] for row in rows], [one[0] for one in expected], "collections"):
        return
    emptied_ms, left_g = {}, {}
    for row, (number, from_ms, to_ms) in zip(rows, expected):
        at = f"collection of bin {number} at {from_ms} ms"
        bags = [
            (bag, deposit)
            for bag, deposit in zip(truth, deposits)
            if bag["bin"] == number and emptied_ms.get(number, 0) <= bag["opened_ms"] < from_ms
        ]
        checks.that(bags, f"{at}: nothing had been thrown")
        checks.that(
            abs(row["started_ms"] - from_ms) <= LID_MS
            and 0 <= row["ended_ms"] - to_ms <= SETTLE_MS,
            f"{at}: booked from {row['started_ms']} to {row['ended_ms']} ms, {to_ms} ms was right",
        )
        start_g = left_g.get(number, bags[0][1]["base_g"])
        thrown_g = sum(bag["grams"] for bag, _ in bags)
        off_g = abs(row["before_g"] - start_g - thrown_g)
        checks.that(off_g <= 3 * DIVISION_G, f"{at}: {off_g} g off what was thrown")
        checks.equal(row["removed_g"], row["before_g"] - row["after_g"], f"{at}: removed")
        checks.that(abs(row["after_g"]) <= 150, f"{at}: {row['after_g']} g left in an empty bin")
        emptied_ms[number], left_g[number] = to_ms, row["after_g"]
    print(f"{len(expected)} collections")
