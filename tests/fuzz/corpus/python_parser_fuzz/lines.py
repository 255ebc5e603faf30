# tabs, form feeds, joined lines, comments
if a:
	b
	if c:
		d
	e
if a:
        b
        if c:
        	d
	 
        e

class A:

    # a comment
  # at another depth
	x = 1
    
	
	y = 2

    z = 3
if a:
    b
# back
    # and again
    c
x = [
1,
        2, # two

  3]
y = a + \
  b
if a and \
   b:
    c
    \
d
if x: pass ;
  # the end, without a line break