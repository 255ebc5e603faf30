f''
f"text"
f"{x}"
f"a{x}b{y}c"
F'{x}' rf'\n{x}\d' fR"{x}\{y}" f'\n{x}\x41'
f"{{{x}}}" f"{{}}" f"{{x}}"
f"{x!r}{x!s}{x!a}"
f"{x:>10}" f"{x:}" f"{x!r:^{width}.{precision}f}" f"{x:{'a' + 'b'}}"
f"{x:%H:%M}" f"{x:{{1: 2}[1]}}"
f"{x=}" f"{ x = }" f"{x=!s}" f"{x=:>5}" f"a{x + 1=}b{y=}"
f"{x == y}{x != y}{x >= y}{x <= y}"
f"{a['b']}" f"{a["b"]}" f'{a['b']}' f"{f"{f"{x}"}"}"
f"{x:=5}" f"{(y := 5)}" f"{(lambda a: a)(1)}" f"{ {1: 2}[1] }"
f"{a, b}" f"{*a, b}" f"{a if b else c}" f"{[i for i in x]}"
f"{x:\n{y}\t}" rf"\N{x}" f"{x:\{y}}"
f'''triple {x}
{
    y  # a comment
    + z
} "quoted" 'too'
'''
f"{
    x
    :>{
        width
    }
}"
"plain " f"{x}" " plain" 'more ' f"y{y}"
f"\{x}" rf"\{x}" f"\\{x}" f"\'{x}\""
f"joined \
{x}"
f"é{é}€"
f"{x!r:}" f"{x:{a}{b}c{d}}"
f"{'a' 'b'}" f"{x:{y:{z}}}"
f"{b'x'}{0x1F:x}{1.5:g}"
def g():
    f"{yield}{yield x}{await_}"
