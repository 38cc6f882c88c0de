"""
From an uploaded scan to a product on the shelf, in processes of their own.

    uploads      what a merchant sends, in parts that survive a crash        parts       the bytes on the disk
    conversions  the durable list of work: who runs what, how often, how far  queue       the bell (huey)
    worker       the process that rings answer: runs the pipeline             child       the worker beside the server
    drafts       what came out, seen by its merchant alone until published    client      ``showroom upload``

The server's process reads and writes bytes here, and never looks into a mesh, a picture or a zip: ``check`` does the
first look in a process of its own, the worker's processes do the rest.
"""
