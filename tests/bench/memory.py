"""
What a server takes over time, with a crowd in it that talks and a part of which comes and goes.

First the rooms' logs, which are bounded, are filled by a talkative crowd. Then a steady crowd stays, and flocks come,
lose links, and leave, one after the other; the server's resident memory is read every second. The slope is Theil and
Sen's (the median of all slopes between readings, so that one jump counts as one), over all of it and over its last
third, in MB an hour and as a share of the whole.

``make bench-memory`` takes about sixteen minutes; ``QUICK=1`` less than one, which is too short for a verdict: it only
shows that the crowd was there and left nothing behind.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from record import QUICK, REPO, Record, say
from serving import Serving, said

STEADY, FLOCK = (20, 10) if QUICK else (80, 30)
FILL_S, SECONDS, STAY_S = (8, 24, 6) if QUICK else (120, 840, 20)
MB = 1e6


def main() -> None:
    record = Record("memory")
    record.peers = {"none": "a server against itself an hour later"}
    series: list[tuple[float, float]] = []
    visits = 0
    with Serving(REPO / "build" / "bench" / "memory") as server:
        empty = server.resident_bytes / MB
        say(f"{empty:.1f} MB empty; filling the logs")
        talkers = server.bots(STEADY, FILL_S, "--talk", "20", "--watchers", "0", "--seed", "7")
        said(talkers)
        steady = server.bots(STEADY, SECONDS + 5, "--watchers", "1", "--seed", "99")
        began = time.monotonic()
        flock, number = None, 0
        while (now_s := time.monotonic() - began) < SECONDS:
            if flock is None or flock.poll() is not None:
                visits += said(flock)["joined"] if flock is not None else 0
                number += 1
                flock = server.bots(FLOCK, STAY_S, "--watchers", "0", "--lose", "20", "--seed", str(number))
            series.append((now_s, server.resident_bytes / MB))
            if len(series) % 60 == 0:
                say(f"{now_s:.0f} s: {series[-1][1]:.1f} MB")
            time.sleep(1)
        assert flock is not None
        visits += said(flock)["joined"]
        crowd = said(steady)
        time.sleep(2 if QUICK else 65)  # the collector's minute, and the seats of lost links
        left = server.resident_bytes / MB
    figures(record, series, empty, left)
    record.figures |= {"visits": visits, "steady": {key: crowd[key] for key in ("joined", "lost", "said", "delivered")}}
    record.at_least("came and went", "visits by people who left again (no goal)", visits, 1)
    record.show()


def figures(record: Record, series: list[tuple[float, float]], empty: float, left: float) -> None:
    """The slopes, and what they are a share of."""
    tail = series[len(series) * 2 // 3 :]
    middle = statistics.median(size for _, size in series)
    record.figures = {
        "empty_mb": round(empty, 2),
        "left_mb": round(left, 2),
        "series_mb": [[round(at), round(size, 2)] for at, size in series[::10]],
        "slope_mb_h": {"all": round(slope(series), 2), "last third": round(slope(tail), 2)},
    }
    share = 100 * slope(tail) / middle
    record.noise = {"mb": {"max": max(size for _, size in tail), "min": min(size for _, size in tail)}}
    record.told("taken", f"MB with {STEADY} people and {FLOCK} who come and go (no goal)", middle)
    verdict = None if QUICK else share <= 2.0
    record._add("flat", "<= 2 % an hour, over the last third", share, verdict)
    record.told("after everybody left", "MB that are not given back (no goal)", left - empty)


def slope(series: list[tuple[float, float]]) -> float:
    """MB an hour: the median of all slopes between readings ten and more seconds apart."""
    few = series[:: max(1, len(series) // 300)]
    slopes = [
        3600 * (size - before) / (at - then)
        for number, (then, before) in enumerate(few)
        for at, size in few[number + 1 :]
        if at - then >= 10
    ]
    return statistics.median(slopes) if slopes else 0.0


if __name__ == "__main__":
    main()
