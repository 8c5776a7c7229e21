"""Turning evidence into what a browser shows: pictures of pages, and the words of office files.

Everything here reads what strangers uploaded. It runs in a child process with limits (``child.py``), without Django,
and writes plain files; ``applications/actions/rendering.py`` starts it and keeps what comes out.
"""
