"""How the demo's book and the economy of two villages name the same places and goods."""

BOOK_TOML = """
[places]
kabul = "depot"
hairatan = "depot"
ghor = "hill"
badghis = "valley"
[resources]
pulses = ""
oil = ""
wsb = ""
wheat = ""
blanket = ""
"""
