/**
 * Where everything the planner knows is from: chips, engines, models, published results, prices. One
 * row a tag. A page that bears no date has the month in which it was read, 2026-09; a repository has
 * the date of the state that was read. What is marked as unverified are public notes whose author and
 * address are not known: always grade C.
 */
import type { SourceRow } from './source.ts';

const unverified = 'public notes, unverified';
const github = (path: string) => `https://github.com/${path}`;
const row = (tag: string, date: string, title: string, address: string): SourceRow => ({
  tag,
  title,
  address,
  date,
});
/** A repository of weights: its config.json, its card, and the totals that the hub computes. */
const weights = (tag: string, date: string, repository: string) =>
  row(tag, date, `${repository} on Hugging Face`, `https://huggingface.co/${repository}`);

export const sourcesTable: readonly SourceRow[] = [
  // Chips: makers, and measured
  row(
    'AIC',
    '2026',
    "Nvidia AIConfigurator: its systems' files",
    github('ai-dynamo/aiconfigurator/tree/095f58a/aic-core/src/aiconfigurator_core/systems'),
  ),
  row(
    'ANT',
    '2025-09-26',
    'Together with SGLang: best practices for serving DeepSeek-R1 on H20-96G',
    github(
      'lm-sys/lm-sys.github.io/blob/2896b379b78b057b1640124ddc10965775183794/blog/2025-09-26-sglang-ant-group.md',
    ),
  ),
  row(
    'IXA',
    '2026',
    'InferenceX: GPU specifications',
    github('SemiAnalysisAI/InferenceX-app/blob/39a9911/packages/app/src/lib/gpu-specs.ts'),
  ),
  row(
    'IXC',
    '2026-04',
    'InferenceX: power and cost of a GPU-hour',
    github('SemiAnalysisAI/InferenceX-app/blob/77ca49a/packages/app/src/lib/constants.ts'),
  ),
  row(
    'MSM',
    '2026-09',
    "Huawei msmodeling: the simulator's device file",
    'https://gitcode.com/Ascend/msmodeling/blob/master/tensor_cast/device.py',
  ),
  row(
    'MODAL',
    '2025-01-23',
    'Memory that drivers report, by GPU',
    github('modal-labs/modal-client/pull/2797'),
  ),
  row(
    'VLLM-41519',
    '2026-05-11',
    'A log of A800 80 GB PCIe cards',
    github('vllm-project/vllm/issues/41519'),
  ),
  // Chips: press, pages of cards, notes
  row(
    'LLMV',
    '2026-09',
    'LLM-Viewer: hardware parameters',
    github('hahnyuan/LLM-Viewer/blob/472f71f/hardwares/hardware_params.py'),
  ),
  row(
    'MF-A800',
    '2026-09',
    'mirrorfrog: A800',
    github('charlesqing/mirrorfrog/tree/62dfc83/docs/cards'),
  ),
  row(
    'MF-Z100L',
    '2026-09',
    'mirrorfrog: Hygon Z100L',
    github('charlesqing/mirrorfrog/tree/main/docs/cards'),
  ),
  row(
    'MF-S60',
    '2026-09',
    'mirrorfrog: Enflame S60',
    github('charlesqing/mirrorfrog/tree/main/docs/cards'),
  ),
  row(
    'MF-L600',
    '2025-07',
    'mirrorfrog: Enflame L600, from its launch',
    github('charlesqing/mirrorfrog/tree/main/docs/cards'),
  ),
  row(
    'MF-T20',
    '2026-09',
    'mirrorfrog: Enflame T20',
    github('charlesqing/mirrorfrog/tree/main/docs/cards'),
  ),
  row(
    'MF-590',
    '2026-09',
    'mirrorfrog: Cambricon MLU590',
    github('charlesqing/mirrorfrog/tree/447acdf/docs/cards'),
  ),
  row(
    'MF-P800',
    '2026-09',
    'mirrorfrog: Kunlunxin P800',
    github('charlesqing/mirrorfrog/tree/main/docs/cards'),
  ),
  row(
    'MF-V150',
    '2025',
    'mirrorfrog: Iluvatar BI-V150, from a tender',
    github('charlesqing/mirrorfrog/tree/5d62586/docs/cards'),
  ),
  row('HF-H20', '2026', 'Hugging Face: Nvidia H20', 'https://huggingface.co/hardware/h20'),
  row(
    'TOPCPU-L20',
    '2026-09',
    'topcpu.net: A40 PCIe against L20',
    'https://www.topcpu.net/en/gpu-c/a40-pcie-vs-l20',
  ),
  row(
    'EVO',
    '2026-09',
    'evokernel-spec, made by a bot: hardware specifications',
    github('ying-wen/evokernel-spec/tree/main/data/hardware'),
  ),
  row(
    'EVO-4090',
    '2026-09',
    "evokernel: RTX 4090, from Nvidia's sheet",
    github('ying-wen/evokernel-spec/tree/main/data/hardware'),
  ),
  row(
    '950NEWS',
    '2026-03',
    'Press on the Atlas 350 card',
    'https://www.intelligentliving.co/huawei-ascend-950pr-atlas-350-fp4-ai/',
  ),
  row(
    'CSDN-K100',
    '2026-09',
    'CSDN: Hygon K100_AI',
    'https://blog.csdn.net/weixin_43737299/article/details/139154744',
  ),
  row(
    'GITEE-H',
    '2026-09',
    'Gitee AI: Hygon BW1000',
    'https://ai.gitee.com/docs/compute/clusters_gpu/hygon_gpu',
  ),
  row(
    'GITEE-M',
    '2026-09',
    'Gitee AI: MetaX C500',
    'https://ai.gitee.com/docs/compute/clusters_gpu/mx_gpu',
  ),
  row(
    'MT-S5000',
    '2026-02',
    'Press on the Moore Threads S5000',
    'https://www.ldeepai.com/tech-hub/moore-threads-mtt-s5000-1000-tflops-fp8-gpu/',
  ),
  row(
    'TWEAKPC',
    '2026-09',
    'TweakPC: Moore Threads S4000',
    'https://tweakpc.de/news/49715/moore-threads-leistungsstarke-mtt-s4000-gpu-aus-china-mit-25-tflops',
  ),
  row(
    'MT-S80',
    '2026-09',
    'Press on the Moore Threads S80',
    'https://geektopia.es/es/technology/2022/11/03/noticias/amp/la-empresa-china-moore-threads-anuncia-nuevas-tarjetas-grafica-para-jugar-de-arquitectura-propia.html',
  ),
  row(
    'CCTV-PPU',
    '2025-09-16',
    "A report on a table of chips in China's evening news",
    'http://hxjkbz.com/n/959285',
  ),
  row('PN', '2026', 'Notes on chips', unverified),
  row('PN-dev', '2026', 'Notes: a device file of chips of other makers', unverified),
  // Engines: what runs where
  row(
    'VLLM-REC-R1',
    '2026-09-18',
    'vLLM recipes: DeepSeek-R1',
    github('vllm-project/recipes/blob/02f0a7c/models/deepseek-ai/DeepSeek-R1.yaml'),
  ),
  row(
    'VLLM-REC-V4',
    '2026-09-14',
    'vLLM recipes: DeepSeek-V4-Pro and V4-Flash',
    github('vllm-project/recipes/blob/0159550/models/deepseek-ai/DeepSeek-V4-Pro.yaml'),
  ),
  row(
    'VLLM-REC-V41',
    '2026-09-15',
    'vLLM recipes: DeepSeek-V4.1-Flash',
    github('vllm-project/recipes/blob/01b0488/models/deepseek-ai/DeepSeek-V4.1-Flash.yaml'),
  ),
  row(
    'VLLM-QUANT',
    '2026',
    'vLLM 0.14: which quantisation runs on which hardware',
    'https://docs.vllm.ai/en/v0.14.0/features/quantization/',
  ),
  row(
    'VLLM-FP8',
    '2026',
    'vLLM 0.32: FP8 W8A8',
    'https://docs.vllm.ai/en/v0.32.0/features/quantization/llm_compressor/fp8/',
  ),
  row(
    'SGL-23763',
    '2026-06-16',
    'SGLang: DeepSeek-V4 on the H20-3e',
    github('sgl-project/sglang/issues/23763'),
  ),
  row(
    'GPUSTACK-MINDIE',
    '2026',
    'GPUStack: DeepSeek-R1 671B with distributed Ascend MindIE',
    github(
      'gpustack/gpustack/blob/47277d7/docs/tutorials/running-deepseek-r1-671b-with-distributed-ascend-mindie.md',
    ),
  ),
  row('GPUSTACK-RUN', '2026-08-14', 'GPUStack: table of images', github('gpustack/runner')),
  row(
    'SELF-LLM-518',
    '2026-07-19',
    'DeepSeek-V4-Flash with vLLM on four RTX PRO 6000',
    github('datawhalechina/self-llm/pull/518'),
  ),
  row(
    'SELF-LLM-530',
    '2026-09-11',
    'DeepSeek-V4.1-Flash with vLLM on eight H20',
    github('datawhalechina/self-llm/pull/530'),
  ),
  row(
    'VLLM-ASC-8941',
    '2026-05-07',
    'vLLM-Ascend: W4A8 of DeepSeek-V4',
    github('vllm-project/vllm-ascend/issues/8941'),
  ),
  row('XW-CLI', '2026-05-08', 'xw-cli: its table of models and chips', github('TsingmaoAI/xw-cli')),
  row(
    'HYGON-CB',
    '2026-09-21',
    "Hygon's inference cookbook",
    github('HYGON-AI/inference-cookbook-das'),
  ),
  row(
    'VLLM-MUSA',
    '2026-09',
    'vLLM-MUSA: cookbook, DeepSeek-V4-Flash',
    github('MooreThreads/vllm-musa/tree/814b037/docs/cookbook/deepseek'),
  ),
  row(
    'VLLM-METAX',
    '2026-09',
    'vLLM-MetaX 0.29: user guide',
    github('MetaX-MACA/vLLM-metax/blob/master/docs/releases/v0.29.0.en.md'),
  ),
  row(
    'LCPP-MUSA',
    '2026',
    'llama.cpp: the image server-musa',
    github('ggml-org/llama.cpp/pkgs/container/llama.cpp'),
  ),
  row('FLAGREL', '2026-07-18', 'FlagRelease: images and cards', github('flagos-ai/FlagRelease')),
  row(
    'FLAGOS-V4',
    '2026-04',
    'FlagOS: DeepSeek V4 on eight kinds of chips',
    github('flagos-ai/DeepSeek-V4-FlagOS'),
  ),
  row('SAMPAN', '2026', 'Sampan itself: README, "Models"', 'README.md'),
  // Published results, and the engines in them
  row(
    'AIC-CSV',
    '2026',
    'Nvidia AIConfigurator, silicon_sample.csv (Apache-2.0): runs of InferenceX',
    github(
      'ai-dynamo/aiconfigurator/tree/0b077da/aic-core/src/aiconfigurator_core/systems/silicon_sample.csv',
    ),
  ),
  row(
    'IX-LOG',
    '2026',
    'InferenceX, perf-changelog.yaml: which runs were speculative (PRs 392, 632, 642)',
    github(
      'SemiAnalysisAI/InferenceX/blob/000de6df8af034076b0477bbfa2658851e8ceb74/perf-changelog.yaml',
    ),
  ),
  row(
    'IX-CFG',
    '2026-03',
    'InferenceX, nvidia-master.yaml: layouts, clients and batches of its runs',
    github(
      'SemiAnalysisAI/InferenceX/blob/0004cf5f2577a1c1007a9bed7cc7d55656519507/.github/configs/nvidia-master.yaml',
    ),
  ),
  row(
    'IX2',
    '2026-02',
    'InferenceX v2: Blackwell, AMD and Hopper',
    github(
      'SemiAnalysisAI/InferenceX-app/blob/fd981509e0595c220515b8ab6166e574a3075a3a/packages/app/content/blog/inferencex-v2-nvidia-blackwell-vs-amd-vs-hopper.mdx',
    ),
  ),
  row(
    'IX-870',
    '2026-03-05',
    'InferenceX issue 870: DeepSeek-R1, SGLang 0.5.7 on H200',
    github('SemiAnalysisAI/InferenceX/issues/870'),
  ),
  row(
    'DS',
    '2025-02-28',
    'DeepSeek-V3/R1 Inference System Overview',
    github(
      'deepseek-ai/open-infra-index/blob/56d8685/202502OpenSourceWeek/day_6_one_more_thing_deepseekV3R1_inference_system_overview.md',
    ),
  ),
  row('DSV2-35', '2024', 'DeepSeek-V2 issue 35', github('deepseek-ai/DeepSeek-V2/issues/35')),
  row(
    'LMSYS-EP',
    '2025-05-05',
    'Deploying DeepSeek with PD disaggregation and large-scale expert parallelism on 96 H100 GPUs',
    github(
      'lm-sys/lm-sys.github.io/blob/2db4e4042b31f3c3c9f4f93068ae80946d25a115/blog/2025-05-05-large-scale-ep.md',
    ),
  ),
  row(
    'LMSYS-GB',
    '2025-09-25',
    'Deploying DeepSeek on GB200 NVL72 with PD and large-scale EP, parts I and II',
    github(
      'lm-sys/lm-sys.github.io/blob/0f320187180ab49e752be9dbc2add93adaa7fd55/blog/2025-09-25-gb200-part-2.md',
    ),
  ),
  row(
    'LMSYS-AMD',
    '2025-09-02',
    'Multi-token prediction on AMD (LMSYS blog)',
    github('lm-sys/lm-sys.github.io'),
  ),
  row(
    'CM384',
    '2025-06',
    'Serving Large Language Models on Huawei CloudMatrix384',
    'https://arxiv.org/abs/2506.12708',
  ),
  row(
    'MEITUAN',
    '2025',
    'INT8 DeepSeek-R1 on A100 at Meituan',
    'https://lddgo.net/en/article/detail/n56j',
  ),
  row(
    'DZH',
    '2025',
    'DeepSeek V3 and R1 deployed and benchmarked on 8 H100',
    github(
      'dzhsurf/deepseek-v3-r1-deploy-and-benchmarks/blob/0c94916639e1812ef3635c7c9a31f04fb2767c3d/README.md',
    ),
  ),
  row(
    'TT-356',
    '2025-07-09',
    'DeepSeek-R1-0528: GPU benchmarks (tt-inference-server issue 356)',
    github('tenstorrent/tt-inference-server/issues/356'),
  ),
  row(
    'VLLM-ASC',
    '2026-08-22',
    'vLLM-Ascend: tutorials of the DeepSeek models',
    github('vllm-project/vllm-ascend/tree/182b75e/docs/source/tutorials/models'),
  ),
  row(
    'VLLM-ASC-N',
    '2026',
    'vLLM-Ascend, baselines of its nightly and weekly tests',
    github('vllm-project/vllm-ascend/tree/182b75e/tests/e2e'),
  ),
  row(
    'SGL-ASC',
    '2026',
    'SGLang: best practice on Ascend',
    'https://docs.sglang.io/platforms/ascend/ascend_npu_best_practice.html',
  ),
  row(
    'SGL-ASC-LOG',
    '2026',
    'SGLang, best practice on Ascend NPU, an earlier state with the logs of its benchmarks',
    github('sgl-project/sglang/blob/main/docs/platforms/ascend_npu_best_practice.md'),
  ),
  row(
    'SGL-V4',
    '2026-07',
    "SGLang cookbook, DeepSeek-V4: benchmark cells and their servers' flags",
    github(
      'sgl-project/sglang/blob/08587007c81585756076d965a3af856ac620f1b9/docs_new/src/snippets/configs/deepseek-ai/deepseek-v4-benchmarks.jsx',
    ),
  ),
  row('VLLM-EP', '2025-12', 'vLLM blog: wide expert parallelism on H200', 'https://blog.vllm.ai'),
  row(
    'VLLM-REC',
    '2026',
    'vLLM recipes, DeepSeek-V3.2 and V3',
    github('vllm-project/recipes/tree/8959cf6/DeepSeek'),
  ),
  row('VLLM-30832', '2025', 'vLLM issue 30832', github('vllm-project/vllm/issues/30832')),
  row('VLLM4650', '2024', 'vLLM PR 4650: DeepSeek-V2', github('vllm-project/vllm/pull/4650')),
  row(
    'TRT',
    '2025',
    'How to get best performance on DeepSeek-R1 in TensorRT-LLM',
    'https://nvidia.github.io/TensorRT-LLM/latest/blogs/Best_perf_practice_on_DeepSeek-R1_in_TensorRT-LLM.html',
  ),
  row('LMD1621', '2024-06', 'LMDeploy PR 1621: DeepSeek-V2', github('InternLM/lmdeploy/pull/1621')),
  row('LCPP7118', '2024', 'llama.cpp issue 7118', github('ggml-org/llama.cpp/issues/7118')),
  row('LCPP11474', '2025', 'llama.cpp issue 11474', github('ggml-org/llama.cpp/issues/11474')),
  row(
    'IK354',
    '2025',
    'ik_llama.cpp discussion 354: Not all MLAs are born equal',
    github('ikawrakow/ik_llama.cpp/discussions/354'),
  ),
  row(
    'KT',
    '2025',
    'KTransformers: DeepSeek R1 and V3, beside llama.cpp',
    github('kvcache-ai/ktransformers/blob/95009ea/doc/en/DeepseekR1_V3_tutorial.md'),
  ),
  row(
    'KT-NPU',
    '2025',
    'KTransformers, DeepSeek-R1/V3 tutorial for Ascend NPU',
    github(
      'kvcache-ai/ktransformers/blob/95009ea/doc/zh/DeepseekR1_V3_tutorial_zh_for_Ascend_NPU.md',
    ),
  ),
  row('FASTLLM', '2025', 'fastllm, README', github('ztxz16/fastllm/tree/d3aea32')),
  row(
    'KOZA',
    '2025',
    'llama.cpp for DirectX 12, releases',
    github('koza-coder/llama.cpp-directx12/releases'),
  ),
  row('GCU', '2026', 'vLLM-GCU: list of models, tutorials', github('EnflameTechnology/vllm-gcu')),
  row(
    'DEEPSPARK',
    '2026',
    'DeepSparkInference: R1-Distill and V3.1 on Iluvatar',
    github('Deep-Spark/DeepSparkInference/tree/7977333/models/nlp/llm'),
  ),
  row(
    'KUNLUN',
    '2026',
    'vLLM-Kunlun: list of models, benchmark of a server',
    github('baidu/vLLM-Kunlun/tree/09869ee'),
  ),
  row(
    'GPUSTACK-LAB',
    '2026',
    'GPUStack: performance lab',
    github('gpustack/gpustack/tree/47277d7/docs/performance-lab'),
  ),
  row(
    'MLP6-PRESS',
    '2026-04-01',
    'NVIDIA sets MLPerf Inference v6.0 records (StorageReview, with the figure of v5.1 per GPU)',
    'https://www.storagereview.com/news/nvidia-sets-mlperf-inference-v6-0-records-with-blackwell-ultra-platform',
  ),
  row(
    'DSTACK',
    '2025-03',
    'dstack: H200 and MI300X with DeepSeek',
    'https://dstack.ai/blog/h200-mi300x-deepskeek-benchmark',
  ),
  row(
    'ROCM',
    '2025-03-21',
    'ROCm blogs, DeepSeek-R1 part 2',
    'https://rocm.blogs.amd.com/artificial-intelligence/DeepSeekR1-Part2/README.html',
  ),
  row('MOREH', '2025-11-13', 'Moreh: DeepSeek-R1 on MI300X', 'https://moreh.io'),
  row(
    'MT-DS',
    '2025-12-20',
    'Press: DeepSeek-V3 on the S5000 with SiliconFlow',
    'http://app.myzaker.com/news/article.php?pk=6946a6b38e9f09606a5e983c',
  ),
  row(
    'DBMART',
    '2025',
    'vLLM benchmark on RTX 4090',
    'https://www.databasemart.com/blog/vllm-gpu-benchmark-rtx4090',
  ),
  row(
    'SAMPAN-BENCH',
    '2026-11-26',
    'Our own engine beside llama.cpp: npm run bench',
    'bench/results/2026-11-26-intel-xeon-processor.csv',
  ),
  row('POORPAUL', '2025', 'Measurements on RTX 5090', 'https://poorpaul.dev'),
  // Models and formats of weights
  weights('HF-R1D-Q1.5B', '2025-01-20', 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B'),
  weights('HF-R1D-Q7B', '2025-01-20', 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B'),
  weights('HF-R1D-L8B', '2025-01-20', 'deepseek-ai/DeepSeek-R1-Distill-Llama-8B'),
  weights('HF-R1D-Q14B', '2025-01-20', 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B'),
  weights('HF-R1D-Q32B', '2025-01-20', 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B'),
  weights('HF-R1D-L70B', '2025-01-20', 'deepseek-ai/DeepSeek-R1-Distill-Llama-70B'),
  weights('HF-R1-0528-Q8B', '2025-05-29', 'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B'),
  weights('HF-L3.1-70B', '2024-07-23', 'meta-llama/Llama-3.1-70B'),
  weights('HF-QWEN3-32B', '2025-04-29', 'Qwen/Qwen3-32B'),
  weights('HF-QWEN3-8B', '2025-04-29', 'Qwen/Qwen3-8B'),
  weights('HF-QWEN3-30B', '2025-04-29', 'Qwen/Qwen3-30B-A3B'),
  weights('HF-V2-LITE', '2024-05-15', 'deepseek-ai/DeepSeek-V2-Lite'),
  weights('HF-CODER-V2-LITE', '2024-06-17', 'deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct'),
  weights('HF-V2', '2024-05-06', 'deepseek-ai/DeepSeek-V2'),
  weights('HF-V3', '2024-12-26', 'deepseek-ai/DeepSeek-V3'),
  weights('HF-R1', '2025-01-20', 'deepseek-ai/DeepSeek-R1'),
  weights('HF-V3.1', '2025-08-21', 'deepseek-ai/DeepSeek-V3.1'),
  weights('HF-V3.2', '2025-12-01', 'deepseek-ai/DeepSeek-V3.2'),
  weights('HF-V4-FLASH', '2026-04-24', 'deepseek-ai/DeepSeek-V4-Flash'),
  weights('HF-V4-PRO', '2026-04-24', 'deepseek-ai/DeepSeek-V4-Pro'),
  weights('HF-V4.1-FLASH', '2026-09-10', 'deepseek-ai/DeepSeek-V4.1-Flash'),
  weights('HF-NVFP4', '2025-05-29', 'nvidia/DeepSeek-R1-0528-FP4'),
  row(
    'AIFOSS',
    '2026',
    'DeepSeek V4 Pro review (sizes of V4-Pro and V4-Flash)',
    'https://aifoss.dev/blog/deepseek-v4-pro-review-2026/',
  ),
  row(
    'COLIBRI-V4.1',
    '2026-09',
    'colibri: DeepSeek V4.1 Flash (sizes by part)',
    github('JustVugg/colibri/blob/main/docs/deepseek-v41.md'),
  ),
  row(
    'SMOOTHQUANT',
    '2022-11-18',
    'SmoothQuant: INT8 weights and activations',
    'https://arxiv.org/abs/2211.10438',
  ),
  row(
    'AWQ',
    '2023-06-01',
    'AWQ: activation-aware weight quantization',
    'https://arxiv.org/abs/2306.00978',
  ),
  row(
    'VLLM-ASC-QUANT',
    '2026',
    'vllm-ascend: quantization guide (W8A8, W4A8)',
    'https://docs.vllm.ai/projects/ascend/en/v0.13.0/user_guide/feature_guide/quantization.html',
  ),
  row(
    'GGUF',
    '2026',
    'llama.cpp: block layouts and the mixes of its quantize tool',
    github('ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h'),
  ),
  // Prices and money
  row(
    'RUNPOD',
    '2026-03',
    'DeployBase: RunPod prices',
    'https://deploybase.ai/articles/runpod-gpu-pricing',
  ),
  row('AIMULT', '2026-05-20', 'AIMultiple: GPU index', 'https://aimultiple.com/gpu-index'),
  row('CMIS', '2026-07-15', 'Notes: a pool of prices in China', unverified),
  row(
    'FX-CNY',
    '2026-01-15',
    'MENAFN: central parity, China Foreign Exchange Trade System',
    'https://menafn.com/1110601718/Chinas-Yuan-Edges-Up-Against-US-Dollar',
  ),
  row(
    'FX-EUR',
    '2026-01-22',
    "Business Novinite: the European Central Bank's reference rate",
    'https://businessnovinite.bg/bg-biznes/kursat-na-dolara-za-22-januari-2026-g.html',
  ),
  row(
    'FX-VND',
    '2025-06',
    "Hanoi Moi: Vietcombank's rates",
    'https://www.vietnam.vn/en/gia-usd-the-gioi-giam-trong-nuoc-tang',
  ),
  // Law
  row('950WP', '2026-09', 'Notes: digest of the 950 white paper, with a chronology', unverified),
  row(
    'NBC',
    '2025-04-15',
    'NBC San Diego: the H20 needs a licence',
    'nbcsandiego.com, 15 April 2025',
  ),
  row('TODAY', '2025-08', 'Today Headline: 15 % of the revenue', 'todayheadline, August 2025'),
  row('XUQ', '2025-12-09', 'xuqssq: H200 against 25 %', 'xuqssq blog, 9 December 2025'),
];
