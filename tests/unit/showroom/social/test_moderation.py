"""Who may do what to whom, and what is in force when."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from showroom.accounts.principal import SCOPES, Principal, Role, Scope
from showroom.social.errors import Banned, ModerationRefused, Muted, RoomLocked, TooFast
from showroom.social.moderation import Act, Moderation, Sanction, Target, address_key

_MINUTE = 60_000


def _who(role: Role, tenant: str = "", name: str = "x") -> Principal:
    return Principal(id=f"{role}_{tenant}_{name}", role=role, tenant=tenant, scopes=SCOPES[role])


HOST = _who(Role.HOST, "casa")
OPERATOR = _who(Role.OPERATOR)
GUEST = Target(person="g_1", name="Eve", address="net:1")


def _store(**kept: object) -> Moderation:
    return Moderation("shop", tenant="casa", **kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "by",
    [
        _who(Role.GUEST),
        _who(Role.SHOPPER),
        _who(Role.HOST, "other"),
        _who(Role.MERCHANT, "other"),
        Principal(id="a_token", role=Role.HOST, tenant="casa", scopes=frozenset({Scope.SHOP})),
    ],
    ids=["guest", "shopper", "host of another", "merchant of another", "host with a lesser token"],
)
@pytest.mark.parametrize("act", [act for act in Act if act is not Act.REPORT])
def test_only_staff_of_the_store_may_moderate(by: Principal, act: Act) -> None:
    room = "" if act in (Act.MUTE, Act.KICK, Act.BAN) else "main"
    with pytest.raises(ModerationRefused):
        _store().decide(act, by, now_ms=0, target=GUEST if not room else None, room=room)


@pytest.mark.parametrize(
    ("by", "target", "may"),
    [
        (HOST, Target(person="a_2", role=Role.SHOPPER), True),
        (HOST, Target(person="a_2", role=Role.HOST, tenant="casa"), False),
        (HOST, Target(person="a_2", role=Role.HOST, tenant="other"), True),
        (HOST, Target(person="a_2", role=Role.MERCHANT, tenant="casa"), False),
        (HOST, Target(person="a_2", role=Role.OPERATOR), False),
        (_who(Role.MERCHANT, "casa"), Target(person="a_2", role=Role.HOST, tenant="casa"), True),
        (_who(Role.MERCHANT, "casa"), Target(person="a_2", role=Role.OPERATOR), False),
        (OPERATOR, Target(person="a_2", role=Role.MERCHANT, tenant="casa"), True),
        (OPERATOR, Target(person="a_2", role=Role.OPERATOR), False),
        (HOST, Target(person=HOST.id, role=Role.HOST, tenant="casa"), False),
    ],
)
def test_nobody_moderates_their_own_rank_or_above(by: Principal, target: Target, may: bool) -> None:
    store = _store()
    if may:
        assert store.decide(Act.MUTE, by, now_ms=0, target=target).sanctions
    else:
        with pytest.raises(ModerationRefused):
            store.decide(Act.MUTE, by, now_ms=0, target=target)


def test_a_store_without_a_merchant_is_the_operators() -> None:
    store = Moderation("shop")
    assert not store.may_moderate(_who(Role.HOST))
    assert store.may_moderate(OPERATOR)


def test_nothing_is_in_force_before_it_is_applied() -> None:
    store = _store()
    decision = store.decide(Act.BAN, HOST, now_ms=0, target=GUEST)
    store.check_entry("g_1", "main", 1)
    store.apply(decision)
    with pytest.raises(Banned):
        store.check_entry("g_1", "main", 1)


def test_a_mute_ends_by_itself_to_the_millisecond() -> None:
    store = _store()
    store.apply(store.decide(Act.MUTE, HOST, now_ms=0, target=GUEST, minutes=5))
    with pytest.raises(Muted) as muted:
        store.check_voice("g_1", "main", 5 * _MINUTE - 1)
    assert muted.value.fields["retry_after_ms"] == 1
    store.check_voice("g_1", "main", 5 * _MINUTE)


def test_a_banned_guest_does_not_come_back_under_another_name() -> None:
    store = _store()
    store.apply(store.decide(Act.BAN, HOST, now_ms=0, target=GUEST, minutes=60))
    with pytest.raises(Banned):
        store.check_entry("g_new", "main", 1, address="net:1")
    store.check_entry("g_new", "main", 1, address="net:2")
    store.check_entry("g_new", "main", 60 * _MINUTE, address="net:1")


def test_an_account_is_banned_without_its_neighbours() -> None:
    store = _store()
    account = Target(person="a_1", role=Role.SHOPPER, address="net:1")
    store.apply(store.decide(Act.BAN, HOST, now_ms=0, target=account))
    store.check_entry("g_new", "main", 1, address="net:1")


def test_to_unban_somebody_frees_the_address_as_well() -> None:
    store = _store()
    store.apply(store.decide(Act.BAN, HOST, now_ms=0, target=GUEST))
    known_by_id_alone = Target(person="g_1")
    store.apply(store.decide(Act.UNBAN, HOST, now_ms=5, target=known_by_id_alone))
    store.check_entry("g_1", "main", 6, address="net:1")
    store.check_entry("g_new", "main", 6, address="net:1")


def test_a_lock_keeps_newcomers_out_and_lets_staff_in() -> None:
    store = _store()
    store.apply(store.decide(Act.LOCK, HOST, now_ms=0, room="main"))
    with pytest.raises(RoomLocked):
        store.check_entry("g_1", "main", 1)
    store.check_entry("g_1", "other", 1)
    store.check_entry(HOST.id, "main", 1, is_staff=True)
    store.check_ban("g_1", "main", 1)  # who was inside comes back
    store.apply(store.decide(Act.SLOW, HOST, now_ms=2, room="main", slow_s=30))
    assert store.switches("main").is_locked
    assert store.switches("main").slow_s == 30
    store.apply(store.decide(Act.UNLOCK, HOST, now_ms=3, room="main"))
    store.check_entry("g_1", "main", 4)
    assert store.switches("main").slow_s == 30


def test_a_shorter_word_replaces_the_longer_one() -> None:
    store = _store()
    store.apply(store.decide(Act.BAN, HOST, now_ms=0, target=GUEST))
    store.apply(store.decide(Act.BAN, HOST, now_ms=0, target=GUEST, minutes=1))
    store.check_entry("g_1", "main", _MINUTE)


def test_reports_are_taken_from_anybody_but_not_for_ever() -> None:
    store = _store()
    for number in range(5):
        line = store.report("g_9", GUEST, now_ms=number, room="main", category="spam", text="x" * 900, quote="buy")
        assert line.by == "g_9"
        assert line.subject == "g_1"
        assert len(line.reason) <= 500
    with pytest.raises(TooFast):
        store.report("g_9", GUEST, now_ms=10, room="main", category="spam", text="")
    store.report("g_8", GUEST, now_ms=10, room="main", category="spam", text="")


def test_every_act_says_who_whom_what_why_and_when() -> None:
    audit = _store().decide(
        Act.BAN, HOST, now_ms=7, target=GUEST, minutes=2, reason="shouting", copy="shop/main/1"
    ).audit  # fmt: skip
    assert (audit.at_ms, audit.by, audit.subject, audit.subject_name, audit.act, audit.reason) == (
        7, HOST.id, "g_1", "Eve", "ban", "shouting",
    )  # fmt: skip
    assert audit.details == {"until_ms": 7 + 2 * _MINUTE, "subjects": ["g_1", "net:1"], "copy": "shop/main/1"}


class AnySanctions(RuleBasedStateMachine):
    """Any acts at any time against a plain model, with restarts from what would be in the tables."""

    def __init__(self) -> None:
        super().__init__()
        self.store = _store()
        self.rows: list[Sanction] = []
        self.now = 0
        self.model: dict[tuple[str, str, str], int | None] = {}

    @rule(ms=st.integers(1, 200_000))
    def wait(self, ms: int) -> None:
        self.now += ms
        self.store.forget(self.now)

    @rule(
        act=st.sampled_from([Act.MUTE, Act.BAN]),
        person=st.sampled_from(["p", "q"]),
        room=st.sampled_from(["", "main"]),
        minutes=st.integers(0, 3),
    )
    def sanction(self, act: Act, person: str, room: str, minutes: int) -> None:
        target = Target(person=person, role=Role.SHOPPER)
        decision = self.store.decide(act, HOST, now_ms=self.now, room=room, target=target, minutes=minutes)
        self.store.apply(decision)
        self.model[act.value, person, room] = self.now + minutes * _MINUTE if minutes else None
        for row in decision.sanctions:
            self.rows = [r for r in self.rows if (r.kind, r.subject, r.room) != (row.kind, row.subject, row.room)]
            self.rows.append(row)

    @rule(
        act=st.sampled_from([Act.UNMUTE, Act.UNBAN]),
        person=st.sampled_from(["p", "q"]),
        room=st.sampled_from(["", "main"]),
    )
    def lift(self, act: Act, person: str, room: str) -> None:
        kind = act.value.removeprefix("un")
        decision = self.store.decide(act, HOST, now_ms=self.now, room=room, target=Target(person=person))
        self.store.apply(decision)
        for lifted_kind, subject in decision.lifted:
            self.rows = [
                r for r in self.rows if not (r.kind == lifted_kind and r.subject == subject and room in ("", r.room))
            ]
        for key in list(self.model):
            if key[:2] == (kind, person) and room in ("", key[2]):
                del self.model[key]

    @rule()
    def restart(self) -> None:
        self.store = _store(sanctions=[row for row in self.rows if row.holds(self.now)])

    @invariant()
    def what_is_in_force_is_what_the_model_says(self) -> None:
        for kind in ("mute", "ban"):
            for person in ("p", "q"):
                for room in ("main", "other"):
                    expected = any(
                        until is None or self.now < until
                        for (k, p, r), until in self.model.items()
                        if (k, p) == (kind, person) and r in ("", room)
                    )
                    assert (self.store.in_force(kind, person, room, self.now) is not None) is expected


TestAnySanctions = AnySanctions.TestCase


def test_addresses_are_kept_as_hashes_that_need_the_key() -> None:
    key, other = b"k" * 32, b"o" * 32
    assert address_key(key, "192.0.2.7") == address_key(key, "::ffff:192.0.2.7")
    assert address_key(key, "192.0.2.7") != address_key(key, "192.0.2.8")
    assert address_key(key, "192.0.2.7") != address_key(other, "192.0.2.7")
    assert "192" not in address_key(key, "192.0.2.7")
    assert address_key(key, "2001:db8::1") == address_key(key, "[2001:db8::ffff:1]")
    assert address_key(key, "2001:db8::1") != address_key(key, "2001:db8:0:1::1")
    assert address_key(key, "not an address") == ""
