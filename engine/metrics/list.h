#pragma once

/// Every metric, in the order in which files and menus name them. X(name) stands for a function
/// `RowMetric name##_metric()` in name.cpp.
#define FOVEA_METRICS(X)  \
    X(entropy)            \
    X(entropy_bits)       \
    X(entropy_normalised) \
    X(confidence)         \
    X(mean_distance)      \
    X(share_first)        \
    X(share_self)         \
    X(share_previous)     \
    X(share_next)
