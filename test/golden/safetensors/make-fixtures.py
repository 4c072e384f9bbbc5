"""Regenerates the fixtures of src/formats/safetensors: files that Hugging Face's own `safetensors`
wrote, and what torch says is in them.  python make-fixtures.py  (needs torch, safetensors)"""

import json
import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(20)
normal = torch.randn(3, 5)
tensors = {
    "f32": normal,
    "f16": normal.to(torch.float16),
    "bf16": normal.to(torch.bfloat16),
    "f8": (normal * 50).to(torch.float8_e4m3fn),
    "u8": torch.arange(250, 256, dtype=torch.uint8).reshape(2, 3),
    "i8": torch.arange(-3, 3, dtype=torch.int8),
    "i32": torch.tensor([[-(2**31), 7, 2**31 - 1]], dtype=torch.int32),
    "i64": torch.tensor([-(2**40), 2**40], dtype=torch.int64),
    "scalar": torch.tensor(1.5),
    "empty": torch.zeros(0, 4),
    'odd "名前"\\\n': torch.ones(1),
}
save_file(tensors, here / "every-dtype.safetensors", metadata={"format": "pt", "by": "safetensors"})
truth = {
    name: {
        "dims": list(tensor.shape),
        "values": (tensor.tolist() if tensor.dtype == torch.int64 else tensor.double().tolist()),
    }
    for name, tensor in tensors.items()
}
(here / "every-dtype.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n")

# FP8 with 128x128 block scales, as DeepSeek-V3 ships its weights: 2 x 3 tiles, the last ones ragged.
weight = torch.randn(130, 260)
padded = torch.zeros(256, 384)
padded[:130, :260] = weight
tiles = padded.reshape(2, 128, 3, 128).abs().amax(dim=(1, 3)) / 448
spread = tiles.repeat_interleave(128, 0).repeat_interleave(128, 1)[:130, :260]
quantised = (weight / spread).to(torch.float8_e4m3fn)
fp8 = {"w.weight": quantised, "w.weight_scale_inv": tiles, "norm.weight": torch.ones(4)}
save_file(fp8, here / "fp8.safetensors")
places = [(0, 0), (0, 127), (0, 128), (127, 259), (128, 0), (129, 259), (64, 200)]
restored = quantised.float() * spread
(here / "fp8.json").write_text(
    json.dumps({"values": [[r, c, restored[r, c].item()] for r, c in places]}) + "\n"
)
