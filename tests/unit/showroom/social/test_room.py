"""A room's dealings as a whole: requests in, effects out, on disk before anybody is told."""

import random
from collections.abc import Callable, Collection

import pytest

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata
from showroom.protocol import actions, events
from showroom.protocol.ids import Close
from showroom.protocol.messages import Refused, Say
from showroom.social import storage
from showroom.social.chat import Chat
from showroom.social.effects import Effects
from showroom.social.errors import (
    ChatRefused,
    ModerationRefused,
    Muted,
    NobodyThere,
    ObjectRefused,
    SignalRefused,
    TooFast,
    VoteRefused,
)
from showroom.social.log import RoomLog
from showroom.social.moderation import Moderation
from showroom.social.names import NamesTaken
from showroom.social.objects import Point
from showroom.social.parties import Parties
from showroom.social.people import Occupant
from showroom.social.room import SocialRoom, refusal
from showroom.social.words import BlockList
from showroom.world.things import Thing
from showroom_assets.errors import ShowroomError

START = 1_700_000_000_000


class Places:
    """Where the test puts people; centimetres along x."""

    def __init__(self) -> None:
        self.x: dict[str, int] = {}

    def where(self, person: str) -> Point:
        return (self.x[person], 0, 0)

    def near(self, person: str, radius_m: float) -> Collection[str]:
        return [other for other in self.x if abs(self.x[other] - self.x[person]) <= radius_m * 100]


class Stage:
    """A room on a real database, and what each person has been sent."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.places = Places()
        self.got: dict[str, list[events.Event]] = {}
        self.now = START
        self.leaves: list[tuple[str, Close]] = []
        self.room = self.open()

    def open(self) -> SocialRoom:
        """The room from what the database holds."""
        sanctions, switches = self.database.read_now(storage.in_force("shop", self.now))
        kept = self.database.read_now(storage.load_state("shop", "parties"))
        return SocialRoom(
            "shop",
            "main",
            log=RoomLog("shop/main/1", tail=self.database.read_now(storage.newest("shop/main/1"))),
            place=self.places,
            moderation=Moderation("shop", tenant="casa", sanctions=sanctions, switches=switches),
            parties=Parties.restore(kept, random.Random(1)),
            names=NamesTaken(random.Random(1)),
            chat=Chat(blocked=BlockList(["damn"])),
            things={"lamp": Thing(None, (0, 100, 0))},
        )

    def enter(self, person: str, member: int, *, x: int = 0, name: str = "", role: Role = Role.GUEST) -> None:
        self.places.x[person] = x
        self.got.setdefault(person, [])
        who = Principal(id=person, role=role, tenant="casa" if role is Role.HOST else "", scopes=SCOPES[role])
        self.room.enter(
            Occupant(member=member, principal=who, name=name or person.title(), address="net:1", hears=True)
        )

    def do(self, effects: Effects | None) -> Effects:
        assert effects is not None
        if effects.writes:
            self.database.write_now(storage.together(*effects.writes))
        self.room.settle(effects)
        for sending in effects.sendings:
            for person in self.room.recipients(sending):
                self.got[person].append(sending.event)
        self.leaves += effects.leaves
        return effects

    def act(self, person: str, action: actions.AnyAction) -> Effects:
        return self.do(self.room.act(person, action, self.now))

    def say(self, person: str, text: str, **how: object) -> Effects:
        return self.do(self.room.say(person, Say(text=text, **how), self.now))  # type: ignore[arg-type]

    def wait(self, ms: int) -> None:
        self.now += ms
        self.do(self.room.tick(self.now))

    def last(self, person: str, kind: type[events.Event]) -> events.Event:
        return next(event for event in reversed(self.got[person]) if isinstance(event, kind))

    def heard(self, person: str) -> list[str]:
        return [event.text for event in self.got[person] if isinstance(event, events.Said)]


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    database = Database(sqlite_url(tmp_path_factory.mktemp("room") / "room.db"))
    tables = [table for table in metadata.sorted_tables if table.name.startswith("room_")]
    with database.engine.begin() as connection:
        metadata.create_all(connection, tables=tables)
    made = Stage(database)
    made.enter("ana", 1, x=0)
    made.enter("bob", 2, x=300)
    made.enter("cy", 3, x=5000)
    made.enter("hanna", 9, x=0, role=Role.HOST)
    return made


def test_each_scope_is_heard_by_those_it_is_for(stage: Stage) -> None:
    stage.say("ana", "to all")
    stage.say("ana", "close by", scope="near")
    stage.say("ana", "just you", scope="private", to=3)
    assert stage.heard("ana") == ["to all", "close by", "just you"]
    assert stage.heard("bob") == ["to all", "close by"]
    assert stage.heard("cy") == ["to all", "just you"]
    with pytest.raises(ChatRefused):
        stage.say("ana", "anyone?", scope="party")
    with pytest.raises(ChatRefused):
        stage.say("ana", "anyone?", scope="private")
    with pytest.raises(NobodyThere):
        stage.say("ana", "anyone?", scope="private", to=77)


def test_what_was_missed_comes_from_the_table_after_a_restart(stage: Stage) -> None:
    stage.say("ana", "one")
    stage.do(stage.room.lost("bob", stage.now))
    stage.say("cy", "two")
    stage.say("ana", "secret", scope="private", to=3)
    stage.say("ana", "three", scope="near")
    stage.room = stage.open()
    missed = stage.room.log.missed("bob", 1)
    assert missed.is_complete
    assert [entry.seq for entry in missed.entries] == [2, 4]
    assert stage.room.log.number() == 5


def test_nothing_is_sent_that_is_not_on_disk(stage: Stage) -> None:
    effects = stage.say("ana", "hello")
    (sending,) = effects.sendings
    assert sending.seq is not None
    assert [e.seq for e in stage.database.read_now(storage.newest("shop/main/1"))] == [sending.seq]


def test_a_write_that_fails_tells_nobody_and_hinders_nothing(stage: Stage) -> None:
    lost = stage.room.say("ana", Say(text="lost"), stage.now)
    assert lost.writes
    stage.say("bob", "kept")
    assert [event.id for event in stage.got["cy"] if isinstance(event, events.Said)] == [2]
    assert [entry.seq for entry in stage.room.log.missed("cy", 0).entries] == [2]


def test_a_blocked_person_is_not_heard_anywhere_and_does_not_learn_of_it(stage: Stage) -> None:
    stage.act("bob", actions.Block(who=1))
    for scope in ("room", "near"):
        stage.say("ana", f"hello {scope}", scope=scope)
    stage.say("ana", "hello private", scope="private", to=2)
    stage.act("ana", actions.React(kind="wave"))
    assert stage.heard("bob") == []
    assert not any(isinstance(event, events.Reacted) for event in stage.got["bob"])
    assert stage.heard("ana") == ["hello room", "hello near", "hello private"]
    assert stage.database.read_now(storage.blocked(["bob"])) == {"bob": frozenset({"ana"})}
    stage.act("bob", actions.Block(who=1, on=False))
    stage.now += 10_000
    stage.say("ana", "again")
    assert stage.heard("bob") == ["again"]


def test_a_mute_takes_voice_and_text_and_gives_them_back_by_itself(stage: Stage) -> None:
    stage.act("ana", actions.Voice(on=True))
    stage.wait(500)
    assert stage.last("bob", events.Nearby) == events.Nearby(members=[1])
    stage.act("hanna", actions.Moderate(op="mute", who=1, minutes=1, reason="loud"))
    assert stage.last("ana", events.Moderated) == events.Moderated(
        op="mute", until_ms=stage.now + 60_000, reason="loud"
    )  # fmt: skip
    assert not any(isinstance(event, events.Moderated) for event in stage.got["bob"])
    with pytest.raises(Muted):
        stage.say("ana", "hello")
    with pytest.raises(Muted):
        stage.act("ana", actions.Voice(on=True))
    stage.wait(500)
    assert stage.last("bob", events.Nearby) == events.Nearby(members=[])
    stage.wait(60_000)
    assert stage.last("ana", events.Moderated) == events.Moderated(op="unmute")
    stage.say("ana", "hello again")


def test_a_mute_and_a_lock_survive_a_restart(stage: Stage) -> None:
    stage.act("hanna", actions.Moderate(op="mute", who=1))
    stage.act("hanna", actions.Moderate(op="slow", seconds=20))
    stage.room = stage.open()
    stage.enter("ana", 1)
    with pytest.raises(Muted):
        stage.say("ana", "hello")
    assert stage.room.greeting("ana", stage.now)[-2:] == [
        events.Moderated(op="mute"), events.Moderated(op="slow", seconds=20),
    ]  # fmt: skip


@pytest.mark.parametrize(("op", "code"), [("kick", Close.KICKED), ("ban", Close.BANNED)])
def test_who_is_sent_away_leaves_and_everybody_else_stays(stage: Stage, op: str, code: Close) -> None:
    stage.act("hanna", actions.Moderate(op=op, who=1))  # type: ignore[arg-type]
    assert stage.leaves == [("ana", code)]
    assert isinstance(stage.got["ana"][-1], events.Moderated)
    stage.do(stage.room.gone("ana", stage.now))
    assert stage.room.occupant("ana") is None
    with pytest.raises(NobodyThere):
        stage.say("ana", "still here")


def test_only_hosts_command_and_moderate(stage: Stage) -> None:
    for action in (actions.Moderate(op="kick", who=2), actions.Moderate(op="lock"), actions.Host(op="open_stage")):
        with pytest.raises(ModerationRefused):
            stage.act("ana", action)
    assert stage.database.read_now(storage.audited("shop")) == []
    stage.act("hanna", actions.Host(op="open_stage", args={"scene": "two"}))
    assert stage.last("cy", events.Hosted) == events.Hosted(op="open_stage", args={"scene": "two"}, at_ms=stage.now)


def test_words_that_were_taken_away_are_gone_for_who_comes_later(stage: Stage) -> None:
    stage.say("ana", "rude")
    stage.say("bob", "kind")
    stage.act("hanna", actions.Moderate(op="clear", who=1))
    assert stage.last("cy", events.Unsaid) == events.Unsaid(ids=[1])
    for room in (stage.room, stage.open()):
        assert "said" not in [e.kind for e in room.log.missed("cy", 0).entries if e.author == "ana"]


def test_a_report_says_what_was_last_said_in_the_hearing_of_who_reports(stage: Stage) -> None:
    stage.say("ana", "buy at mine")
    stage.say("ana", "whisper", scope="private", to=3)
    stage.act("bob", actions.Report(who=1, reason="spam", text="again"))
    (line,) = stage.database.read_now(storage.audited("shop"))
    assert (line["act"], line["by"], line["subject"]) == ("report", "bob", "ana")
    assert line["details"] == {"category": "spam", "quote": "buy at mine"}
    assert not any(isinstance(event, events.Moderated) for event in stage.got["ana"])


def test_a_party_is_joined_by_invitation_or_code_and_outlives_a_restart(stage: Stage) -> None:
    stage.act("ana", actions.Party(op="invite", who=2))
    assert stage.last("bob", events.Invited) == events.Invited(who=1, name="Ana")
    stage.act("bob", actions.Party(op="accept", who=1))
    party = stage.last("ana", events.PartyIs)
    assert isinstance(party, events.PartyIs)
    assert party.members == [(1, "Ana"), (2, "Bob")]
    stage.act("cy", actions.Party(op="join", code=party.code))
    stage.say("bob", "we are three", scope="party")
    assert stage.heard("cy") == ["we are three"]
    assert stage.heard("hanna") == []
    again = stage.open()
    assert again.parties.fellows("cy") == {"ana", "bob", "cy"}
    stage.act("ana", actions.Party(op="remove", who=3))
    assert stage.last("cy", events.PartyIs) == events.PartyIs(members=[])
    stage.do(stage.room.gone("ana", stage.now))
    left = stage.last("bob", events.PartyIs)
    assert isinstance(left, events.PartyIs)
    assert left.members == [(2, "Bob")]


def test_friends_see_the_same_thing_from_the_same_angle_and_the_lead_can_change(stage: Stage) -> None:
    stage.act("ana", actions.Share(product="chair", to=[2]))
    stage.act("bob", actions.Follow(who=1))
    stage.act("ana", actions.Share(product="chair", yaw=4500, variant="oak"))
    assert stage.last("bob", events.Shared) == events.Shared(who=1, product="chair", yaw=4500, variant="oak")
    assert not any(isinstance(event, events.Shared) for event in stage.got["cy"])
    with pytest.raises(NobodyThere):
        stage.act("cy", actions.Follow(who=1))
    stage.act("ana", actions.Lead(to=2))
    stage.act("bob", actions.Share(product="lamp"))
    assert stage.last("ana", events.Shared) == events.Shared(who=2, product="lamp")
    assert stage.room.greeting("ana", stage.now) == [events.Shared(who=2, product="lamp")]
    stage.act("bob", actions.Unshare())
    assert stage.last("ana", events.Unshared) == events.Unshared(who=2)


def test_a_friend_sees_a_room_while_it_is_furnished_also_late_and_it_is_never_written_down(stage: Stage) -> None:
    assert not stage.act("ana", actions.Share(product="sofa", plan="sofa~S~0~0~0~0", to=[2])).writes
    assert not stage.act("ana", actions.Share(product="lamp", plan="sofa~S~0~0~0~0!lamp~L~1~0~0~0")).writes
    assert isinstance(stage.last("bob", events.Shared), events.Shared)
    stage.act("bob", actions.Follow(who=1))
    now = events.Shared(who=1, product="lamp", plan="sofa~S~0~0~0~0!lamp~L~1~0~0~0")
    assert stage.last("bob", events.Shared) == now
    assert stage.room.greeting("bob", stage.now) == [now]
    assert stage.act("ana", actions.Share(product="lamp")).writes, "back from the room to one of its pieces: news"
    assert not any(isinstance(event, events.Shared) for event in stage.got["cy"])


def test_turns_are_not_written_to_disk_and_news_are(stage: Stage) -> None:
    assert stage.act("ana", actions.Share(product="chair", to=[2])).writes
    stage.act("bob", actions.Follow(who=1))
    assert not stage.act("ana", actions.Share(product="chair", yaw=100)).writes
    assert stage.act("ana", actions.Share(product="lamp")).writes


def test_the_lead_of_somebody_whose_link_is_lost_goes_to_who_followed(stage: Stage) -> None:
    stage.act("ana", actions.Share(product="chair", to=[2]))
    stage.act("bob", actions.Follow(who=1))
    stage.do(stage.room.lost("ana", stage.now))
    stage.wait(10_000)
    assert stage.got["bob"][-2:] == [events.Unshared(who=1), events.Shared(who=2, product="chair")]


def test_an_object_has_one_owner_and_is_free_again_when_they_are_gone(stage: Stage) -> None:
    stage.act("ana", actions.Grab(thing="lamp"))
    with pytest.raises(ObjectRefused):
        stage.act("hanna", actions.Grab(thing="lamp"))
    with pytest.raises(ObjectRefused):
        stage.act("ana", actions.HandOver(thing="lamp", to=2))  # out of reach
    stage.places.x["bob"] = 100
    stage.act("ana", actions.HandOver(thing="lamp", to=2))
    assert stage.last("cy", events.Held) == events.Held(thing="lamp", who=2, at=(0, 100, 0), turn=(0, 0, 0, 10000))
    assert stage.room.greeting("cy", stage.now) == [stage.last("cy", events.Held)]
    stage.do(stage.room.lost("bob", stage.now))
    stage.wait(59_000)
    assert stage.room.objects.held_by(2) == {"lamp"}
    stage.wait(1_000)
    held = stage.last("cy", events.Held)
    assert isinstance(held, events.Held)
    assert held.who is None
    kept = stage.database.read_now(storage.load_state("shop/main/1", "objects"))
    assert kept == stage.room.objects.snapshot()


def test_signals_go_to_those_who_are_to_be_connected_and_nobody_else(stage: Stage) -> None:
    with pytest.raises(SignalRefused):
        stage.act("ana", actions.Signal(to=2, kind="offer", data="v=0"))
    stage.act("ana", actions.Voice(on=True))
    stage.wait(500)
    stage.act("bob", actions.Signal(to=1, kind="offer", data="v=0"))
    assert stage.got["ana"][-1] == events.Signalled(who=2, kind="offer", data="v=0")
    with pytest.raises(SignalRefused):
        stage.act("bob", actions.Signal(to=3, kind="offer", data="v=0"))


def test_reactions_are_known_ones_and_bounded_in_pace(stage: Stage) -> None:
    with pytest.raises(NobodyThere):
        stage.act("ana", actions.React(kind="explode"))
    for _ in range(6):
        stage.act("ana", actions.React(kind="heart", product="chair"))
    with pytest.raises(TooFast):
        stage.act("ana", actions.React(kind="heart"))
    assert sum(isinstance(event, events.Reacted) for event in stage.got["bob"]) == 6
    assert not any(isinstance(event, events.Reacted) for event in stage.got["cy"])


def test_two_people_of_one_name_can_be_told_apart(stage: Stage) -> None:
    stage.enter("eve", 5, name="Ana")
    stage.say("eve", "I am Ana")
    said = stage.last("bob", events.Said)
    assert isinstance(said, events.Said)
    assert said.name == "Ana 2"


@pytest.mark.parametrize("action", [actions.Wear(items=[]), actions.Rate(hz=5), actions.Shop(watch=[])])
def test_what_is_not_between_people_is_left_to_the_owner(stage: Stage, action: actions.AnyAction) -> None:
    assert stage.room.act("ana", action, stage.now) is None


def test_a_refusal_fits_the_wire_whatever_the_error(stage: Stage) -> None:
    tries: list[Callable[[], object]] = [
        lambda: stage.say("ana", "damn"),
        lambda: stage.say("ana", "x", scope="party"),
        lambda: stage.act("ana", actions.Moderate(op="ban", who=1)),
        lambda: stage.act("ana", actions.Grab(thing="ghost")),
        lambda: stage.act("ana", actions.Party(op="join", code="nope")),
        lambda: stage.act("ana", actions.Lead(to=2)),
    ]
    for attempt in tries:
        with pytest.raises(ShowroomError) as refused:
            attempt()
        answer = refusal(7, refused.value)
        assert isinstance(answer, Refused)
        assert answer.n == 7
        assert 0 < len(answer.code) <= 32
        assert answer.text.endswith((".", "?"))


def test_a_vote_is_counted_for_its_asker_and_told_to_those_who_have_answered(stage: Stage) -> None:
    stage.act("ana", actions.Vote(op="open", product="hat", variant="hat-red", scope="near"))
    asked = stage.last("bob", events.VoteIs)
    assert (asked.who, asked.product, asked.variant, asked.asked) == (1, "hat", "hat-red", 2)
    stage.act("bob", actions.Vote(op="answer", who=1, answer="yes"))
    stage.wait(500)
    counted = stage.last("ana", events.VoteIs)
    assert (counted.yes, counted.no, counted.unsure, counted.over) == (1, 0, 0, False)
    assert stage.last("bob", events.VoteIs).yes == 1
    assert stage.last("hanna", events.VoteIs).yes == 0
    with pytest.raises(VoteRefused):
        stage.act("bob", actions.Vote(op="answer", who=1, answer="no"))
    stage.act("hanna", actions.Vote(op="answer", who=1, answer="unsure"))
    stage.wait(60_000)
    for person in ("ana", "bob", "hanna"):
        over = stage.last(person, events.VoteIs)
        assert (over.yes, over.no, over.unsure, over.over) == (1, 0, 1, True)
    with pytest.raises(NobodyThere):
        stage.act("hanna", actions.Vote(op="answer", who=1, answer="yes"))


def test_who_was_not_asked_has_no_voice_in_a_vote(stage: Stage) -> None:
    stage.act("bob", actions.Block(who=1))
    stage.act("ana", actions.Vote(op="open", product="hat", scope="near"))
    for person in ("bob", "cy"):  # has blocked her; too far off
        assert not [event for event in stage.got[person] if isinstance(event, events.VoteIs)]
        with pytest.raises(NobodyThere):
            stage.act(person, actions.Vote(op="answer", who=1, answer="no"))
    with pytest.raises(NobodyThere):
        stage.act("ana", actions.Vote(op="answer", who=1, answer="yes"))


def test_a_vote_ends_when_its_asker_leaves_or_takes_the_thing_off(stage: Stage) -> None:
    for end in (
        lambda: stage.do(stage.room.taken_off("ana", {"scarf"})),
        lambda: stage.act("ana", actions.Vote(op="close")),
        lambda: stage.do(stage.room.gone("ana", stage.now)),
    ):
        stage.act("ana", actions.Vote(op="open", product="hat", scope="near"))
        assert stage.room.taken_off("ana", {"hat", "scarf"}) is None
        end()
        assert stage.last("bob", events.VoteIs).over
        stage.wait(21_000)


def test_a_party_votes_among_itself_and_whoever_comes_back_hears_of_it(stage: Stage) -> None:
    with pytest.raises(VoteRefused):
        stage.act("ana", actions.Vote(op="open", product="hat"))
    stage.act("ana", actions.Party(op="invite", who=3))
    stage.act("cy", actions.Party(op="accept", who=1))
    stage.act("ana", actions.Vote(op="open", product="hat"))
    assert stage.last("cy", events.VoteIs).asked == 1
    assert not [event for event in stage.got["bob"] if isinstance(event, events.VoteIs)]
    greeted = [event for event in stage.room.greeting("cy", stage.now) if isinstance(event, events.VoteIs)]
    assert [event.who for event in greeted] == [1]


def test_who_is_muted_opens_no_vote(stage: Stage) -> None:
    stage.act("hanna", actions.Moderate(op="mute", who=1))
    with pytest.raises(Muted):
        stage.act("ana", actions.Vote(op="open", product="hat", scope="near"))
