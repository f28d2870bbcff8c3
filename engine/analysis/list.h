#pragma once

/// Every analysis, in the order of menus. X(name) stands for a function `Analysis
/// name##_analysis()` in name.cpp.
#define FOVEA_ANALYSES(X) \
    X(cell)               \
    X(lens)               \
    X(norms)
