"""
How long people are away when the server is killed (-9) and started again at once.

Bots walk and talk; the server is killed several times. Each time it is measured how long the start took and, by the
bots, how long from the lost link to the WELCOME that brings back the same seat. Nobody may have to join anew, nobody
may be put back, no ghost may be left.

``make bench-resume`` takes about two minutes; ``QUICK=1`` less than one.
"""

import json
import statistics
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from record import QUICK, REPO, Record, say
from serving import Serving, said

BOTS, KILLS = (30, 2) if QUICK else (100, 6)
WARM_S, BETWEEN_S = 8, 9


def main() -> None:
    record = Record("resume")
    record.peers = {"none": "the goal is the protocol's own"}
    with Serving(REPO / "build" / "bench" / "resume") as server:
        flock = server.bots(BOTS, WARM_S + BOTS / 20 + KILLS * (BETWEEN_S + 4) + 5, "--watchers", "1")
        time.sleep(WARM_S + BOTS / 20)
        starts = []
        for number in range(KILLS):
            server.kill()
            starts.append(server.start())
            say(f"kill {number + 1}: open again after {starts[-1]:.2f} s")
            time.sleep(BETWEEN_S)
        crowd = said(flock)
        time.sleep(1)
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/stores/boutique/rooms") as answer:
            ghosts = json.load(answer)["rooms"][0]["people"]
    record.figures = {"crowd": crowd, "start_s": starts}
    record.noise = {"start_s": {"max": max(starts), "median": statistics.median(starts), "min": min(starts)}}
    record.at_most("back, half of them", "<= 3 s from the kill, the start included", crowd["back_p50_s"], 3.0)
    last_s = crowd["back_max_s"] - max(starts)
    record.at_most("back, the last one", "<= 3 s after the door was open, at the slowest start", last_s, 3.0)
    record.told("start", "s until the door is open, the slowest, with everybody's seat (no goal)", max(starts))
    lost = crowd["lost"] - crowd["resumed"]
    record.at_most("lost their seat", "people who had to join anew: 0", crowd["rejoined"] + lost, 0)
    record.at_most("put elsewhere", "people put back: 0", sum(crowd["corrected"].values()), 0)
    record.at_most("ghosts", "seats kept after everybody left: 0", ghosts, 0)
    record.show()


if __name__ == "__main__":
    main()
