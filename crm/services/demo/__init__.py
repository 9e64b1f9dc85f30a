"""A shop's life as it could have been: a hair salon in Moscow, two years of its deals.

`seeding.seed_demo` is the way in. `shop` is what the salon stands on (people, statuses, fields). In `salon` it
is at work: `rhythm` says when deals arrive, `stories` what becomes of each; `clients`, `deals` and `activities` put
that down as `rows`, which `loading` writes in bulk. `names`, `catalogue`, `sources` and `texts` are the words.
"""
