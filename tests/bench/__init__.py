"""`make bench`: what the product costs, measured beside what the same work costs without it.

Machines are noisy and differ, so nothing here is judged by a clock alone: each figure is taken in turn with the one
it is compared with, in the same run, and quoted as the ratio of their medians. `bare` is the yardstick: the
database's own driver and orjson, without the web and without Django.
"""
