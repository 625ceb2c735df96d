"""Blocks as one HTML file that needs no other."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from string import Template

from skactive.simulation._blocks import Bullets, Lead, Picture, Section, Table, Text

# No color carries a meaning: the page is read in grey too.
_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
  background: #fff;
  font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 1rem; }
section { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; align-items: center;
  margin-top: 1.6rem; }
h2 { flex: 0 0 100%; font-size: 1.15rem; margin: 0 0 .3rem; padding-bottom: .2rem;
  border-bottom: 1px solid #999; break-after: avoid; }
p, ul { flex: 0 0 100%; margin: .3rem 0; max-width: 48rem; }
.lead { box-sizing: border-box; max-width: none; margin: 0; padding: .8rem 1rem;
  font-size: 1.15rem; font-weight: 600; border-left: .4rem solid #1a1a1a;
  background: #f2f2f2; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .4rem 0; font-size: .88rem; }
th, td { padding: .2rem .5rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid #ccc; font-variant-numeric: tabular-nums; }
th { border-bottom: 2px solid #1a1a1a; }
.word { text-align: left; white-space: normal; }
th:empty { display: none; }
figure { flex: 0 1 30rem; margin: .4rem 0; break-inside: avoid; }
img { max-width: 100%; height: auto; display: block; }
figcaption { font-size: .88rem; color: #444; margin-top: .2rem; }
ul { padding-left: 1.2rem; }
</style>
</head>
<body>
<h1>$title</h1>
$body
</body>
</html>
""")


def to_html(title, blocks):
    """Write a page.

    Parameters
    ----------
    title : str
    blocks : iterable of blocks

    Returns
    -------
    page : str
    """
    body = "\n".join(map(_written, blocks))
    return _PAGE.substitute(title=escape(title), body=f"<section>\n{body}\n</section>")


def _written(block):
    match block:
        case Lead(text):
            return f'<p class="lead">{escape(text)}</p>'
        case Section(title):
            return f"</section>\n<section>\n<h2>{escape(title)}</h2>"
        case Text(text):
            return f"<p>{escape(text)}</p>"
        case Bullets(items):
            return "".join(
                ["<ul>", *(f"<li>{escape(item)}</li>" for item in items), "</ul>"]
            )
        case Table(header, rows, words):
            head = _row("th", header, words)
            body = "\n".join(_row("td", row, words) for row in rows)
            return (
                f'<div class="wide"><table>\n<thead>{head}</thead>\n'
                f"<tbody>\n{body}\n</tbody></table></div>"
            )
        case Picture(png, _, alt, caption):
            data = b64encode(png).decode("ascii")
            return (
                f'<figure><img alt="{escape(alt)}" '
                f'src="data:image/png;base64,{data}">'
                f"<figcaption>{escape(caption)}</figcaption></figure>"
            )


def _row(tag, cells, words):
    kinds = [' class="word"' if i in words else "" for i in range(len(cells))]
    written = (
        f"<{tag}{kind}>{escape(cell)}</{tag}>"
        for kind, cell in zip(kinds, cells, strict=True)
    )
    return f"<tr>{''.join(written)}</tr>"
