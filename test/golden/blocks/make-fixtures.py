"""Regenerates the block-format fixtures beside this file with the PyPI package `gguf` (a second
implementation of every block format) and PyTorch (for f8_e4m3). For regenerating only.

    pip install gguf==0.19.0 torch && python test/golden/blocks/make-fixtures.py

<dtype>.json: random block bytes (scales drawn over all finite f16, subnormals included) and the
values the package decodes them to. quantise.json: Gaussian rows and the bytes it encodes them to.
"""
import base64
import json
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType as T
from gguf import quants

HERE = Path(__file__).parent
rng = np.random.default_rng(20260912)

# dtype: (blocks, bytes per block, offsets of f16 scales inside a block)
BLOCKS = {
    "q4_0": (8, 18, [0]), "q4_1": (8, 20, [0, 2]), "q5_0": (8, 22, [0]), "q5_1": (8, 24, [0, 2]),
    "q8_0": (8, 34, [0]), "q2_k": (3, 84, [80, 82]), "q3_k": (3, 110, [108]),
    "q4_k": (3, 144, [0, 2]), "q5_k": (3, 176, [0, 2]), "q6_k": (3, 210, [208]),
    "iq2_xxs": (3, 66, [0]), "iq2_xs": (3, 74, [0]), "iq2_s": (3, 82, [0]),
    "iq3_xxs": (3, 98, [0]), "iq3_s": (3, 110, [0]), "iq1_s": (3, 50, [0]), "iq1_m": (3, 56, []),
    "iq4_nl": (8, 18, [0]), "iq4_xs": (3, 136, [0]), "mxfp4": (16, 17, []),
    "f16": (256, 2, [0]), "bf16": (256, 2, []), "f32": (64, 4, []),
}


def finite_f16(n):
    bits = rng.integers(0, 1 << 16, n, dtype=np.uint16)
    bits[(bits & 0x7C00) == 0x7C00] &= 0x83FF  # infinities and NaNs become subnormals
    return bits.view(np.uint8).reshape(n, 2)


def write(name, **fields):
    coded = {k: base64.b64encode(v.tobytes()).decode() if isinstance(v, np.ndarray) else v
             for k, v in fields.items()}
    (HERE / f"{name}.json").write_text(json.dumps(coded, indent=1) + "\n")


for name, (count, size, scales) in BLOCKS.items():
    data = rng.integers(0, 256, (count, size), dtype=np.uint8)
    for offset in scales:
        data[:, offset:offset + 2] = finite_f16(count)
    if name == "iq1_m":  # its f16 scale lies in the top nibbles of four u16
        d = finite_f16(count).reshape(-1).view(np.uint16)
        packed = data[:, 48:56].copy().view(np.uint16) & 0x0FFF
        for i in range(4):
            packed[:, i] |= ((d >> (4 * i)) & 0xF) << 12
        data[:, 48:56] = packed.view(np.uint8)
    if name in ("f32", "bf16"):
        values = (data.view(np.float32) if name == "f32" else quants.dequantize(data, T.BF16)).reshape(-1)
    elif name == "f16":
        values = data.view(np.float16).astype(np.float32).reshape(-1)
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            values = quants.dequantize(data, T[name.upper()]).astype(np.float32).reshape(-1)
    write(name, dtype=name, elements=len(values), blocks=data, values=values)

every = np.arange(256, dtype=np.uint8)
values = torch.from_numpy(every).view(torch.float8_e4m3fn).to(torch.float32).numpy()
write("f8_e4m3", dtype="f8_e4m3", elements=256, blocks=every, values=values)

rows = rng.standard_normal((4, 64)).astype(np.float32)
rows[1] *= 1e-3
rows[2, :32] = 0
rows[3] *= 300
write("quantise", elements=rows.size, values=rows, f16=rows.astype(np.float16),
      bf16=quants.quantize(rows, T.BF16), q8_0=quants.quantize(rows, T.Q8_0),
      q4_0=quants.quantize(rows, T.Q4_0))
