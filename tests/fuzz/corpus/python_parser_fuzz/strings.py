"""A module's docstring,
over two lines."""
''
""
'single'
"double"
'it\'s'
"say \"so\""
'''triple 'with' "quotes" ''' """ and "" two"""
"\a\b\f\n\r\t\v\\"
"\0\12\123\1234\400"
"\x41\xe9\u00e9\u20ac\U0001F600\ud800"
"unknown \q \d \8 \ "
"joined \
lines"
'''joined \
lines
kept'''
r"raw \n \" \\" R'\x4'
u"text" U'text'
b"bytes \x00\xff\101\u0041" B'more'
rb"\x00" br'\'' Rb"" bR''
"é€😀 as written"
r"é\é"
"adjacent " 'literals' r"\join"
("over "
 # with a comment between
 "lines")
"" "" ""
'\'''\''
"""\""""
"#" # no comment
'\
'
x = "a" "b", "c"
