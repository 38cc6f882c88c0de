"""
What people in one copy of a room do with each other, a kind of dealing a file: each takes requests of its own kind and
adds what they come to to a request's ``Effects``. ``showroom.social.room`` puts them together.
"""
