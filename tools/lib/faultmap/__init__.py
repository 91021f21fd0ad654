"""faultmap: a fault trace as a picture; see tools/faultmap --help.

trace.py reads and checks what `runpe --trace` wrote; model.py works out what happened to each page;
symbols.py names addresses; page.py and svg.py draw. Nothing but Python's standard library.
"""
