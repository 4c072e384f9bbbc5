"""The tokenizer of the tiny checkpoints: DeepSeek-V3's in everything but the size of its vocabulary."""

SPECIAL = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",
           "<think>", "</think>"]
MERGES = [("t", "h"), ("th", "e"), ("i", "n"), ("Ġ", "the"), ("1", "2"), ("a", "n")]
# As DeepSeek-V3's tokenizer.json splits text before merging.
SPLITS = [r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+",
          r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
          r"""| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""]


def tokenizer():
    """All bytes, DeepSeek's markers at 256, a few merges: small, but with every part of a real one."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    alphabet = {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(rest)}
    vocab = {alphabet[b]: b for b in range(256)} | {t: 256 + i for i, t in enumerate(SPECIAL)}
    for left, right in MERGES:
        vocab[left + right] = len(vocab)
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    splits = [{"type": "Split", "pattern": {"Regex": r}, "behavior": "Isolated", "invert": False}
              for r in SPLITS]
    bytes_ = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
              "use_regex": False}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": vocab[t], "content": t, **flags, "special": "think" not in t}
                         for t in SPECIAL],
        "normalizer": None, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [*splits, bytes_]},
        "post_processor": None, "decoder": bytes_,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "fuse_unk": False,
                  "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "byte_fallback": False, "vocab": vocab, "merges": [" ".join(m) for m in MERGES]},
    }


TOKENIZER_CONFIG = {
    "tokenizer_class": "LlamaTokenizerFast", "add_bos_token": True, "add_eos_token": False,
    "bos_token": SPECIAL[0], "eos_token": SPECIAL[1], "model_max_length": 256,
    "chat_template": "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}"
                     "<｜User｜>{{ m['content'] }}{% else %}<｜Assistant｜>{{ m['content'] }}"
                     "<｜end▁of▁sentence｜>{% endif %}{% endfor %}"
                     "{% if add_generation_prompt %}<｜Assistant｜><think>\n{% endif %}",
}
