"""Turns problems into token sequences in the chat form of `tokenizer_config.json`, some of them with earlier turns."""

import random
from pathlib import Path

from tokenizers import Tokenizer

import phrases as P
import tasks
from tokenizer import ASSISTANT, BOS, EOS, PAD, THINK, THINK_END, USER

OPEN = f"{ASSISTANT}{THINK}\n"


class Chat:
    def __init__(self, folder=Path(__file__).parent.parent):
        self.tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
        self.eos, self.pad = self.tokenizer.token_to_id(EOS), self.tokenizer.token_to_id(PAD)

    @property
    def rows(self):
        """Vocabulary rows of the model: a multiple of 32."""
        return -(-self.tokenizer.get_vocab_size() // 32) * 32

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=False)

    def prompt(self, question, history=(), system=""):
        turns = "".join(f"{USER}{q}{ASSISTANT}{a}{EOS}" for q, a in history)
        return self.encode(f"{BOS}{system}{turns}{USER}{question}{OPEN}")

    def reply(self, problem):
        """What the model learns to write: thinking, answer, end."""
        return self.encode(f"{problem.think}{THINK_END}\n\n{problem.answer}{EOS}")


def answer_of(text):
    """The answer in a reply, or None if the thinking never ended."""
    if THINK_END not in text:
        return None
    return text.split(THINK_END, 1)[1].split(EOS)[0].strip()


def pick(mix, rng):
    return rng.choices(list(mix), weights=list(mix.values()))[0]


def with_history(skill, rng, split, mix, share=0.1, lang=None):
    """A problem with, at times, a few earlier turns or a system text. -> (problem, history, system)"""
    history, system = [], rng.choice(P.SYSTEM) if rng.random() < 0.06 else ""
    if rng.random() < share:
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
            earlier = tasks.make(pick(mix, rng), rng, "train" if split == "train" else "any", lang)
            history.append((earlier.question, earlier.answer))
    return tasks.make(skill, rng, split, lang, follow=bool(history) and rng.random() < 0.3), history, system


class Stream:
    """An endless stream of training batches."""

    def __init__(self, chat, mix, seed, batch_tokens):
        self.chat, self.mix, self.rng, self.batch_tokens = chat, mix, random.Random(seed), batch_tokens

    def batch(self):
        """Rows (length, prompt length, tokens, skill) sorted by length, exactly `batch_tokens` in all.

        The last row is padding without a reply: a constant size saves oneDNN from building kernels for new shapes.
        """
        rows, total = [], 0
        while True:
            skill = pick(self.mix, self.rng)
            problem, history, system = with_history(skill, self.rng, "train", self.mix)
            prompt, reply = self.chat.prompt(problem.question, history, system), self.chat.reply(problem)
            row = (len(prompt) + len(reply), len(prompt), prompt + reply, tasks.SKILLS.index(skill))
            if total + row[0] > self.batch_tokens:
                break
            rows.append(row)
            total += row[0]
        rest = self.batch_tokens - total
        if rest:
            rows.append((rest, rest, [self.chat.pad] * rest, tasks.SKILLS.index("talk")))
        rows.sort(key=lambda r: r[0])
        return rows
