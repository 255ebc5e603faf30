x = "byte order mark"
y = x
