"""CRLF and CR.
A second line."""
if a:
    b = """x
y"""

    c = \
        d
f"""{
x}
"""e = 1f = "joined \
lines"
# end
