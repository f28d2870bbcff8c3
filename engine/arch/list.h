#pragma once

/// Every architecture. X(name) stands for a function `ArchSpec name##_architecture()` in name.cpp.
#define FOVEA_ARCHITECTURES(X) \
    X(albert)                  \
    X(bart)                    \
    X(bert)                    \
    X(bloom)                   \
    X(distilbert)              \
    X(electra)                 \
    X(gemma3_text)             \
    X(gpt2)                    \
    X(gpt_neo)                 \
    X(gpt_neox)                \
    X(llama)                   \
    X(marian)                  \
    X(mistral)                 \
    X(modernbert)              \
    X(mt5)                     \
    X(opt)                     \
    X(phi)                     \
    X(qwen2)                   \
    X(qwen3)                   \
    X(roberta)                 \
    X(t5)
