"""Builds tokenizer.json and tokenizer_config.json: byte-level BPE with DeepSeek-V3's pre-tokenizer.

The merges are made from nano's own phrases, not from counts, so that three rules hold:
* a digit or an operator is always a token of its own;
* a multi-byte letter or character that the phrases use is one token;
* a longer token is a prefix of a known word written with its leading space (" letters"), a known sentence opening
  ("What") or a known Chinese phrase. A quoted word therefore stays letter by letter, which is what counting needs.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import phrases as P

BOS, EOS, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
USER, ASSISTANT, THINK, THINK_END = "<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"
SPECIAL = [BOS, EOS, PAD, USER, ASSISTANT, THINK, THINK_END]

SPLITS = [
    r"\p{N}{1,3}",
    "[一-龥\u3040-\u309f\u30a0-\u30ff]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
]

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] }}{% endif %}{% endfor %}"
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}{% endif %}"
    "{% if message['role'] == 'assistant' %}"
    "{% set content = message['content'] %}"
    "{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}"
    "{{ '<｜Assistant｜>' + content.strip() + '<｜end▁of▁sentence｜>' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\n' }}{% endif %}"
)


def byte_letters():
    """The usual byte-level alphabet: each byte as one printable character."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {b: chr(b) for b in printable}, 0
    for b in range(256):
        if b not in table:
            table[b], extra = chr(256 + extra), extra + 1
    return table


LETTERS = byte_letters()


def spell(text):
    return "".join(LETTERS[b] for b in text.encode())


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, (list, tuple)):
        for v in value:
            yield from strings(v)


def sources():
    """Texts whose words deserve tokens: (skill questions, answers and notes)."""
    questions = list(strings([P.ARITHMETIC, P.WORDED, P.FOLLOW_UP, P.COMPARE, P.LETTERS, P.COUNTDOWN, P.AND]))
    answers = list(strings([P.RESULT, P.LARGER, P.SMALLER, P.EQUAL, P.YES, P.NO, P.COUNT, P.DECLINE, P.DECLINE_NOTE]))
    for note, _, said in P.TALK.values():
        answers += [note, *strings(said)]
    return questions, answers


def merges():
    questions, answers = sources()
    texts = [re.sub(r"\{\w\}", "\0", t) for t in questions + answers]
    ranked, known = [], set(LETTERS.values())

    def chain(pieces):
        left = pieces[0]
        for right in pieces[1:]:
            if left + right not in known:
                known.add(left + right)
                ranked.append((left, right))
            left += right

    for ch in sorted({c for t in texts for c in t if ord(c) > 127} | set("−×“”")):  # characters first: the lowest ranks
        chain([LETTERS[b] for b in ch.encode()])
    spelled = lambda word: [spell(c) for c in word]
    chain(spelled("\n\n"))
    for letter in "abcdefghijklmnopqrstuvwxyz":  # a spelled word is written " r", " a", ...
        chain(spelled(" " + letter))
    often = Counter(w for t in questions for w in set(re.findall(r" [^\W\d_]{2,}|[一-龥]{2,4}", t)))
    for text in texts:
        for word in re.findall(r" [^\W\d_]{2,}", text):
            if not re.search("[一-龥]", word) and (often[word] > 1 or text in answers):
                chain(spelled(word))
        opening = re.match(r"[A-ZĐ][^\W\d_]+", text)
        if opening and not re.search("[一-龥]", opening[0]):
            chain(spelled(opening[0]))
    for text in sorted(set(texts), key=lambda t: (len(t), t)):
        for phrase in re.findall("[一-龥]{2,}", text):
            if often[phrase] > 1 or text in answers and len(phrase) < 5:
                chain(spelled(phrase))
    return ranked


def build(folder):
    ranked = merges()
    vocab = {c: i for i, c in enumerate(LETTERS[b] for b in range(256))}
    for left, right in ranked:
        vocab[left + right] = len(vocab)
    size = -(-(len(vocab) + len(SPECIAL)) // 32) * 32  # a multiple of 32 rows
    added = [{"id": len(vocab) + i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
              "special": t not in (THINK, THINK_END)} for i, t in enumerate(SPECIAL)]
    split = lambda p: {"type": "Split", "pattern": {"Regex": p}, "behavior": "Isolated", "invert": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [*map(split, SPLITS), {**level, "use_regex": False}]},
        "post_processor": None, "decoder": level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "vocab": vocab, "merges": [f"{a} {b}" for a, b in ranked]},
    }
    config = {
        "add_bos_token": False, "add_eos_token": False, "bos_token": BOS, "eos_token": EOS, "pad_token": PAD, "unk_token": None,
        "clean_up_tokenization_spaces": False, "legacy": False, "model_max_length": 2048, "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": CHAT_TEMPLATE,
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, indent=1) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n")
    return size


if __name__ == "__main__":
    print("vocabulary rows:", build(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent))
