"""Problems with their worked solutions, and exact checkers.

`make(skill, rng, split)` gives one Problem: the question, the thinking that solves it, the answer, and what the
checker needs. A problem belongs to the held-out split when a hash of its content says so, so no held-out problem is
ever trained on, whatever the seed. The notation of the thinking is the same in every language.
"""

import ast
import re
import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources import files

import phrases as P
import unrelated as U

SKILLS = ("add", "sub", "mul", "compare", "letters", "countdown", "talk")


@dataclass
class Problem:
    skill: str
    lang: str  # en, vi, zh, or any for a question of symbols alone
    question: str
    think: str
    answer: str
    expect: dict = field(default_factory=dict)


def held_out(*key):
    return zlib.crc32(repr(key).encode()) % 16 == 0


def right_split(split, *key):
    return split == "any" or held_out(*key) == (split == "test")


def number(rng, digits):
    return rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10 ** digits)


# Whole-number arithmetic ---------------------------------------------------------------------------------------------

def add_columns(a, b):
    xs, ys, carry, lines = str(a)[::-1], str(b)[::-1], 0, []
    for i in range(max(len(xs), len(ys))):
        x, y = int(xs[i]) if i < len(xs) else 0, int(ys[i]) if i < len(ys) else 0
        s = x + y + carry
        lines.append(f"{x}+{y}{'+1' if carry else ''}={s}\n")
        carry = s // 10
    return "".join(lines)


def sub_columns(a, b):
    xs, ys, borrow, lines = str(a)[::-1], str(b)[::-1], 0, []
    for i in range(len(xs)):
        x, y = int(xs[i]), int(ys[i]) if i < len(ys) else 0
        d = x - y - borrow
        lines.append(f"{x}-{y}{'-1' if borrow else ''}{'+10' if d < 0 else ''}={d % 10}\n")
        borrow = d < 0
    return "".join(lines)


def think_add(a, b):
    return f"{a}+{b}\n" + add_columns(a, b)


def think_sub(a, b):
    """Which is larger: the lengths say, else the first digits that differ. Then column by column."""
    xs, ys = str(a), str(b)
    pairs = [(len(xs), len(ys))] + (list(zip(xs, ys)) if len(xs) == len(ys) else [])
    text = f"{a}-{b}\n"
    for x, y in pairs:
        text += f"{x}{'=' if x == y else '<' if x < y else '>'}{y}\n"
        if x != y:
            break
    return text + sub_columns(a, b) if a >= b else f"{text}-({b}-{a})\n" + sub_columns(b, a)


def think_mul(a, b):
    if len(str(a)) < len(str(b)):
        a, b = b, a
    if a < 10:
        return f"{a}*{b}={a * b}\n"
    text, partials = f"{a}*{b}\n", []
    for place, m in enumerate(map(int, str(b)[::-1])):
        carry = 0
        for d in map(int, str(a)[::-1] if m else ""):
            s = d * m + carry
            text += f"{d}*{m}{f'+{carry}' if carry else ''}={s}\n"
            carry = s // 10
        partials.append(a * m * 10 ** place)
        if b >= 10 and place == 0:
            text += f"{partials[0]}\n"
    if b >= 10:
        text += think_add(*partials)
    return text


SIGNS = {"+": ["+"], "-": ["-", "-", "-", "−"], "*": ["*", "*", "×", "x"]}
OPS = {"add": "+", "sub": "-", "mul": "*"}
THINK = {"add": think_add, "sub": think_sub, "mul": think_mul}
VALUE = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b}


def operands(skill, rng):
    if skill == "mul":
        a, b = number(rng, rng.choice((1, 2, 2, 3, 3, 3))), number(rng, rng.choice((1, 2, 2, 2)))
        return (a, b) if rng.random() < 0.7 else (b, a)
    if rng.random() < 0.5:  # equal lengths are the hard case for carries and signs
        n = rng.randint(1, 5)
        return number(rng, n), number(rng, n)
    return number(rng, rng.randint(1, 5)), number(rng, rng.randint(1, 5))


def make_arithmetic(skill, rng, split, lang, follow):
    while True:
        a, b = operands(skill, rng)
        if (split == "train" and a < 10 and b < 10) or right_split(split, skill, a, b) and (a > 9 or b > 9):
            break
    sign = rng.choice(SIGNS[OPS[skill]])
    gap = rng.choice(("", " "))
    e = f"{a}{gap}{sign}{gap}{b}"
    if follow and lang != "any":
        q = rng.choice(P.FOLLOW_UP[lang]).format(e=e)
    elif lang == "any" or rng.random() < 0.5:
        q = rng.choice(P.ARITHMETIC[lang]).format(e=e)
    else:
        q = rng.choice(P.WORDED[OPS[skill]][lang]).format(a=a, b=b)
    r = VALUE[skill](a, b)
    return Problem(skill, lang, q, THINK[skill](a, b), P.RESULT[lang].format(r=r), {"value": r})


# Comparing decimals --------------------------------------------------------------------------------------------------

def decimal(rng, whole, digits):
    return f"{whole}.{''.join(rng.choice('0123456789') for _ in range(digits))}" if digits else str(whole)


def decimal_pair(rng):
    whole = rng.choice((rng.randint(0, 20), rng.randint(0, 99)))
    other = whole if rng.random() < 0.65 else rng.choice((rng.randint(0, 20), rng.randint(0, 99)))
    a = decimal(rng, whole, rng.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 4)))
    b = decimal(rng, other, rng.choice((1, 1, 1, 2, 2, 2, 3, 3, 4)))
    if whole == other and rng.random() < 0.4 and "." in a:  # a shared beginning, or one number the start of the other
        b = a + "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 2)))
        if rng.random() < 0.6 and len(a.split(".")[1]) > 1:
            a = a[:-1] + rng.choice("0123456789")
    return (a, b) if rng.random() < 0.5 else (b, a)


def think_compare(a, b):
    (wa, fa), (wb, fb) = ((s.split(".") + [""])[:2] for s in (a, b))
    n = max(len(fa), len(fb))
    fa, fb = fa.ljust(n, "0"), fb.ljust(n, "0")
    text, pairs = f"{wa}.{fa}\n{wb}.{fb}\n", [(int(wa), int(wb))] + [(int(x), int(y)) for x, y in zip(fa, fb)]
    for x, y in pairs:
        relation = "=" if x == y else "<" if x < y else ">"
        text += f"{x}{relation}{y}\n"
        if relation != "=":
            break
    return text, relation


def make_compare(rng, split, lang, follow):
    while True:
        a, b = decimal_pair(rng)
        if right_split(split, "compare", a, b):
            break
    think, relation = think_compare(a, b)
    mode = "relation" if lang == "any" else rng.choice(("larger", "larger", "larger", "smaller", "relation", "is"))
    q = rng.choice(P.COMPARE[mode][lang]).format(a=a, b=b)
    stated = f"{a} {relation} {b}"
    if mode == "relation":
        answer, key = stated, stated
    elif mode == "is":
        answer = (P.YES if relation == ">" else P.NO)[lang].format(r=stated)
        key = answer
    elif relation == "=":
        answer = key = P.EQUAL[lang]
    else:
        key = a if (relation == ">") == (mode == "larger") else b
        answer = (P.LARGER if mode == "larger" else P.SMALLER)[lang].format(r=key)
    return Problem("compare", lang, q, think, answer, {"answer": answer})


# Counting letters ----------------------------------------------------------------------------------------------------

_words = None
SYLLABLES = [c + v + e for c in "b c d f g h j k l m n p r s t v w z br cr st tr pl".split() for v in "aeiou" for e in ("", "", "n", "r", "s", "l", "t")]


def words():
    """English words of 3 to 14 letters from the `wonderwords` package."""
    global _words
    if _words is None:
        folder = files("wonderwords") / "assets"
        lists = (folder / f"{kind}list.txt" for kind in ("noun", "verb", "adjective"))
        _words = sorted({w for f in lists for w in f.read_text().split() if re.fullmatch("[a-z]{3,14}", w)})
    return _words


def pick_word(rng, split):
    while True:
        w = rng.choice(words()) if rng.random() < 0.8 or split == "test" else "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4)))
        if right_split(split, "word", w):
            return w


def think_letters(word, letter):
    count, parts = 0, []
    for ch in word.lower():
        count += ch == letter
        parts.append(ch + (str(count) if ch == letter else ""))
    return "".join(parts) + "\n"  # the same tokens as in the quoted word: easy to copy


def make_letters(rng, split, lang, follow):
    lang = rng.choice(P.LANGS) if lang == "any" else lang
    word = pick_word(rng, split)
    if rng.random() < 0.15:
        letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    elif rng.random() < 0.5:
        letter = max(sorted(set(word), key=lambda _: rng.random()), key=word.count)
    else:
        letter = rng.choice(word)
    shown = word.capitalize() if rng.random() < 0.08 else word.upper() if rng.random() < 0.03 else word
    quotes = {"zh": ['""', '""', "“”", "''", None, None], "vi": ['""', '""', "“”", "''", None, None]}.get(lang, ['""', '""', "''", None, None])
    wq, cq = rng.choice(quotes), rng.choice(quotes)
    wrap = lambda s, q: f"{q[0]}{s}{q[1]}" if q else s
    c = letter.upper() if shown.isupper() and rng.random() < 0.5 else letter
    q = rng.choice(P.LETTERS[lang]).format(w=wrap(shown, wq), c=wrap(c, cq), l=c)
    n = word.count(letter)
    return Problem("letters", lang, q, think_letters(word, letter), P.COUNT[lang].format(r=n, c=letter), {"value": n})


# Countdown -----------------------------------------------------------------------------------------------------------

def combinations(y, z):
    """What two numbers can make, in a fixed order: sum, difference, product, quotient if whole. -> (value, expression)"""
    big, small = max(y, z), min(y, z)
    found = [(y + z, f"{y}+{z}"), (big - small, f"{big}-{small}"), (y * z, f"{y}*{z}")]
    if big % small == 0:
        found.append((big // small, f"{big}/{small}"))
    return found


def needs(x, t):
    """What must be joined with x to make t, in a fixed order. -> (value, how to write it given the inner expression w)"""
    loose = lambda w: f"({w})" if "+" in w or "-" in w else w
    found = []
    if x <= t:
        found.append((t - x, lambda w: f"{w}+{x}", lambda v: f"{v}+{x}={t}"))
    else:
        found.append((x - t, lambda w: f"{x}-{loose(w)}", lambda v: f"{x}-{v}={t}"))
    found.append((t + x, lambda w: f"{w}-{x}", lambda v: f"{v}-{x}={t}"))
    if t % x == 0:
        found.append((t // x, lambda w: f"{loose(w)}*{x}", lambda v: f"{v}*{x}={t}"))
    elif x % t == 0:
        found.append((x // t, lambda w: f"{x}/({w})", lambda v: f"{x}/{v}={t}"))
    if t * x <= 100:
        found.append((t * x, lambda w: f"{loose(w)}/{x}", lambda v: f"{v}/{x}={t}"))
    return found


def think_countdown(ns, t):
    """Try each number as the last one; stop at the first match. -> (thinking, expression or None)"""
    text = ""
    for i, x in enumerate(ns):
        y, z = ns[:i] + ns[i + 1:]
        made = combinations(y, z)
        text += f"{y},{z}:{','.join(str(v) for v, _ in made)} {x}:"
        for k, (value, outer, step) in enumerate(needs(x, t)):
            text += ("," if k else "") + str(value)
            for v, inner in made:
                if v == value:
                    return f"{text}!\n{inner}={v}\n{step(v)}\n", outer(inner)
        text += "\n"
    return text, None


def make_countdown(rng, split, lang, follow):
    while True:
        top = rng.choice((10, 15))
        ns = [rng.randint(1, top) for _ in range(3)]
        if rng.random() < 0.75:  # aim at something reachable, else the sums and differences of chance lead
            a, b, c = rng.sample(ns, 3)
            inner = rng.choice([v for v, _ in combinations(a, b)])
            choices = [inner + c, abs(inner - c), inner * c] + ([inner // c] if inner % c == 0 else []) + ([c // inner] if inner and c % inner == 0 else [])
            t = rng.choice(choices)
        else:
            t = rng.randint(1, 100)
        if not 1 <= t <= 100 or not right_split(split, "countdown", sorted(ns), t):
            continue
        think, expression = think_countdown(ns, t)
        if expression:
            break
    if lang == "any" or rng.random() < 0.5:
        n = rng.choice((", ", ", ", ",", " ")).join(map(str, ns))
    else:
        n = f"{ns[0]}, {ns[1]}{P.AND[lang]}{ns[2]}" if lang != "zh" else f"{ns[0]}、{ns[1]}{rng.choice(('和', '、'))}{ns[2]}"
    q = rng.choice(P.COUNTDOWN[lang]).format(n=n, t=t)
    return Problem("countdown", lang, q, think, f"{expression} = {t}", {"numbers": ns, "target": t})


def evaluate(text):
    """The exact value of an expression of + - * / and whole numbers, and the numbers used; raises on anything else."""
    used = []

    def walk(n):
        if isinstance(n, ast.Expression):
            return walk(n.body)
        if isinstance(n, ast.Constant) and type(n.value) is int:
            used.append(n.value)
            return Fraction(n.value)
        if isinstance(n, ast.BinOp):
            a, b = walk(n.left), walk(n.right)
            return {ast.Add: lambda: a + b, ast.Sub: lambda: a - b, ast.Mult: lambda: a * b, ast.Div: lambda: a / b}[type(n.op)]()
        raise ValueError(text)

    return walk(ast.parse(text.strip(), mode="eval")), used


# Talk ----------------------------------------------------------------------------------------------------------------

def make_talk(rng, split, lang, follow):
    lang = rng.choice(P.LANGS) if lang == "any" else lang
    if rng.random() < 0.5:
        note, questions, answers = P.TALK[rng.choice(sorted(P.TALK))]
        return Problem("talk", lang, rng.choice(questions[lang]), note + "\n", answers[lang][0], {"answer": answers[lang][0]})
    while True:
        if rng.random() < 0.3:
            q = rng.choice(U.SINGLE[lang])
        else:
            q = rng.choice(U.PATTERNS[lang]).format(s=rng.choice(U.SLOTS[lang]))
        if right_split(split, "unrelated", q):
            break
    return Problem("talk", lang, q, P.DECLINE_NOTE + "\n", P.DECLINE[lang], {"answer": P.DECLINE[lang]})


# Both ends -----------------------------------------------------------------------------------------------------------

MAKERS = {"compare": make_compare, "letters": make_letters, "countdown": make_countdown, "talk": make_talk}


def make(skill, rng, split="train", lang=None, follow=False):
    lang = lang or rng.choice(("en", "en", "vi", "vi", "zh", "zh", "any"))
    if skill in OPS:
        p = make_arithmetic(skill, rng, split, lang, follow)
    else:
        p = MAKERS[skill](rng, split, lang, follow)
    if p.skill != "letters" and rng.random() < 0.12:  # people are careless about capitals and full stops
        p.question = p.question[0].lower() + p.question[1:]
    if rng.random() < 0.12:
        p.question = p.question.rstrip(".?。？!！")
    return p


def check(p, answer):
    """Is this answer (the text after the thinking) right? Exact, and strict about form."""
    answer = answer.strip()
    if p.skill == "countdown":
        try:
            left, right = answer.split(" = ")
            value, used = evaluate(left)
            return value == p.expect["target"] == int(right) and sorted(used) == sorted(p.expect["numbers"])
        except (ValueError, SyntaxError, ZeroDivisionError, KeyError):
            return False
    if "value" in p.expect:
        found = re.findall(r"-?\d+", answer)
        return len(found) == 1 and int(found[0]) == p.expect["value"]
    return answer == p.expect["answer"]
