"""
``/metrics`` in Prometheus's text form: what the HTTP side counted, and what each service says of itself when asked.

A service that has something to say offers ``metrics()``, which gives ``Sample`` rows; they are read at the moment of
the scrape, so nothing is kept twice. Metrics are for the operator: they are shown to this machine, or to who has the
token.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from showroom.errors import Forbidden
from showroom.http.context import PEER
from showroom.sample import Sample

# When each counter was made: twice the lines, for what no scraper asks.
disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """
    Parameters
    ----------
    token
        Shown to who sends it as a bearer token; empty shows them to this machine alone.
    sources
        What is asked at each scrape.
    """

    def __init__(self, *, token: str = "", sources: Iterable[Callable[[], Iterable[Sample]]] = ()) -> None:
        self._token = token
        self.registry: Final = CollectorRegistry()
        # The process's memory, CPU time and open files: what an operator looks at first.
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "showroom_http_requests",
            "Requests answered, by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "showroom_http_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self.in_flight = Gauge("showroom_http_in_flight", "Requests being answered.", registry=self.registry)
        self.refused = Counter(
            "showroom_http_refused", "Requests refused, by the code of the error.", ["code"], registry=self.registry
        )
        self.registry.register(_Asked(list(sources)))

    def render(self) -> bytes:
        return bytes(generate_latest(self.registry))

    async def answer(self, request: web.Request) -> web.Response:
        """The page for the scraper."""
        peer = request[PEER]
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if self._token:
            if not hmac.compare_digest(sent.encode(), self._token.encode()):
                raise Forbidden("Metrics need the token of the setting metrics_token, as Authorization: Bearer ….")
        elif not peer.is_local or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
            # A proxy on this machine that the settings do not name makes all the world look local.
            raise Forbidden("Metrics are shown on this machine alone. Set metrics_token to read them from elsewhere.")
        return web.Response(body=self.render(), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


class _Asked(Collector):
    def __init__(self, sources: list[Callable[[], Iterable[Sample]]]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Any]:
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for source in self._sources:
            for sample in source():
                family = families.get(sample.name)
                if family is None:
                    kind = CounterMetricFamily if sample.kind == "counter" else GaugeMetricFamily
                    family = families[sample.name] = kind(sample.name, sample.help, labels=[*sample.labels])
                family.add_metric([*sample.labels.values()], sample.value)
        yield from families.values()
