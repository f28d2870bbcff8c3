#pragma once

/// Every architecture. X(name) stands for a function `ArchSpec name##_architecture()` in name.cpp.
#define FOVEA_ARCHITECTURES(X) \
    X(bert)                    \
    X(gpt2)                    \
    X(llama)
