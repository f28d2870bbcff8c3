#pragma once

/// Every file format. X(name) stands for a function `Exporter name##_exporter()` in name.cpp.
#define FOVEA_EXPORTERS(X) \
    X(npz)                 \
    X(npy)                 \
    X(safetensors)         \
    X(json)                \
    X(csv)                 \
    X(png)                 \
    X(svg)                 \
    X(pdf)
