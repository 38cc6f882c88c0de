"""
The wire protocol: ids, messages, codecs and session state. No sockets, no asyncio, no clock of its own.

``docs/protocol.md`` says the same for people who write clients; the golden vectors in ``tests/contract/vectors``
hold both to each other.
"""
