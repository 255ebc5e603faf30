0
7
1_000_000
00
0_0
0xFF
0Xdead_BEEF
0x_1
0o17
0O7_7
0b1010
0B_1
9223372036854775807
9223372036854775808
0xFFFF_FFFF_FFFF_FFFF
1.5
1.
.5
0.0
09.5
1e5
1E-5
1.5e+3
1_0.0_1e1_0
1e400
5e-324
0e0
1j
1.5J
0777j
.5e2j
1..real
x = 1if y else 2
[1for i in x]
0x1for x in y
1 if 1else 0
1or 2
1_0in x
True
False
None
...
